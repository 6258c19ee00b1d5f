/**
 * The same object, except that what it does not have is an error: a call of Electron's that the stand-in does not know must
 * not pass for one that does nothing.
 */
export function strict<Target extends object>(name: string, target: Target): Target {
  return new Proxy(target, {
    get(object, property) {
      // A promise asks every value that it is given whether it is one too; test tools ask for symbols.
      if (typeof property === "symbol" || property === "then" || property === "toJSON" || property in object) {
        const value: unknown = Reflect.get(object, property, object);
        return typeof value === "function" && !isClass(value as () => unknown) ? (value as () => unknown).bind(object) : value;
      }
      throw new Error(`Cannot use ${name}.${property}: the stand-in does not know it`);
    },
  });
}

function isClass(value: (...values: never[]) => unknown): boolean {
  return Function.prototype.toString.call(value).startsWith("class ");
}

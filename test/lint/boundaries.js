import path from "node:path";
import { isFree, isInside, roomOf, rooms } from "./rooms.js";

/**
 * Own lint rules for oxlint (its JS plugins take ESLint's rule shape):
 * `boundaries` holds the table of rooms.js, `no-raw-fetch` keeps every outgoing HTTP call in core/upstream, `slow-import`
 * keeps out of a start what nobody needs there.
 */

const repository = path.resolve(import.meta.dirname, "../..");
const aliases = { "#core/": "electron/core/", "#shared/": "shared/" };

const boundaries = {
  meta: { type: "problem", fixable: "code" },
  create(context) {
    const file = relativeToRepository(context.filename);
    if (isFree(file)) return {};
    const roomName = roomOf(file);
    // Silence about a file that nobody assigned would look like a pass.
    if (roomName === undefined)
      return { Program: (node) => report(node, `"${file}" is in no room; give its folder a row in test/lint/rooms.js`) };
    const room = rooms[roomName];

    function report(node, message) {
      context.report({ node, message });
    }

    function check(node, source, isTypeOnly) {
      const target = fileOf(source, file);
      if (target === undefined) return checkPackage(node, source);
      if (isInside(target, roomName)) return undefined;
      if (isFree(target))
        return report(node, `Cannot import "${source}" from ${roomName}: it is test or build code; what ships must not need it`);
      const isAllowed = room.folders.some((folder) => {
        const name = folder.replace(/ \(types\)$/, "");
        return isInside(target, name) && (name === folder || isTypeOnly);
      });
      if (!isAllowed) return report(node, `Cannot import "${source}" from ${roomName}: it may import ${list(room.folders)}`);
      if (source.startsWith("../") && aliasOf(target) !== target) return reportSpelling(node, source, target);
      return undefined;
    }

    /** A path out of the room is written from the top, so that a reader sees where it leads. */
    function reportSpelling(node, source, target) {
      const spelling = aliasOf(target);
      context.report({
        node,
        message: `Cannot import "${source}": a relative path may not leave ${roomName}; write "${spelling}"`,
        ...(node.source?.type === "Literal" && { fix: (fixer) => fixer.replaceText(node.source, JSON.stringify(spelling)) }),
      });
    }

    function checkPackage(node, source) {
      const isForbidden = room.packages.some((pattern) => pattern.startsWith("!") && matches(source, pattern.slice(1)));
      if (isForbidden || !room.packages.some((pattern) => matches(source, pattern))) {
        report(node, `Cannot use package "${source}" in ${roomName}: it may use ${list(room.packages)}`);
      }
      return undefined;
    }

    function checkExpression(node, source) {
      const literal = literalOf(source);
      if (literal === undefined) return report(node, "Cannot check a computed import; write its path as a plain string");
      return check(node, literal, false);
    }

    return {
      ImportDeclaration: (node) => check(node, node.source.value, isTypeOnlyImport(node)),
      ExportNamedDeclaration: (node) => node.source && check(node, node.source.value, isTypeOnlyExport(node)),
      ExportAllDeclaration: (node) => check(node, node.source.value, node.exportKind === "type"),
      ImportExpression: (node) => checkExpression(node, node.source),
      TSImportType: (node) => {
        const source = literalOf(node.source ?? node.argument);
        if (source !== undefined) check(node, source, true);
      },
      CallExpression: (node) => {
        const name = node.callee.type === "Identifier" ? node.callee.name : node.callee.property?.name;
        if (name === "require" || name === "createRequire")
          report(node, `Cannot load a module by ${name}(): this rule cannot see what it loads; use import`);
      },
      VariableDeclarator: (node) => {
        const builtin = readBuiltin(node);
        if (builtin !== undefined) check(node, builtin.source, false);
      },
      // Whatever else names it could hand it on.
      "Identifier, Literal": (node) => {
        if ((node.name ?? node.value) !== "getBuiltinModule" || readBuiltin(node.parent?.parent?.parent) !== undefined) return;
        report(node, 'Cannot check this; write const { some, names } = process.getBuiltinModule("node:x")');
      },
    };
  },
};

const networkGlobals = new Set(["fetch", "WebSocket", "EventSource", "XMLHttpRequest"]);
const networkPackages = new Set(["undici", "node:http2", "http2"]);
const clientModules = new Set(["node:http", "node:https", "http", "https"]);
const clientCalls = new Set(["request", "get"]);

const noRawFetch = {
  meta: { type: "problem" },
  create(context) {
    const file = relativeToRepository(context.filename);
    const isCore = isInside(file, "electron/core") || isInside(file, "shared");
    const isShell = isInside(file, "electron");
    if (isFree(file) || !(isCore || isShell) || isInside(file, "electron/core/upstream")) return {};

    const namespaces = new Set();
    function report(node, what) {
      context.report({
        node,
        message: `Cannot use ${what} here: every outgoing call goes through core/upstream, which guards keys and origins`,
      });
    }

    return {
      ImportDeclaration(node) {
        const source = node.source.value;
        if (isTypeOnlyImport(node)) return;
        if (networkPackages.has(source) && !isBaseClassOnly(node)) report(node, `"${source}"`);
        // Outside core, node:http is how the command talks to a running instance's own socket.
        if (!isCore || !clientModules.has(source)) return;
        for (const specifier of node.specifiers) {
          if (specifier.type !== "ImportSpecifier") namespaces.add(specifier.local.name);
          else if (clientCalls.has(specifier.imported.name)) report(specifier, `${specifier.imported.name}() of ${source}`);
        }
      },
      VariableDeclarator(node) {
        const { source, names } = readBuiltin(node) ?? {};
        if (networkPackages.has(source)) report(node, `"${source}"`);
        if (!isCore || !clientModules.has(source)) return;
        for (const name of names) if (clientCalls.has(name)) report(node, `${name}() of ${source}`);
      },
      MemberExpression(node) {
        const property = node.computed ? literalOf(node.property) : node.property.name;
        if (node.object.type !== "Identifier") return;
        if (namespaces.has(node.object.name) && clientCalls.has(property)) report(node, `${node.object.name}.${property}()`);
        if (node.object.name === "globalThis" && networkGlobals.has(property) && node.parent.type !== "TSTypeQuery") report(node, property);
      },
      "Program:exit"() {
        // `through`: names that no scope of the file declares, so an injected parameter called `fetch` is no hit.
        for (const { identifier } of context.sourceCode.scopeManager.globalScope.through) {
          if (!networkGlobals.has(identifier.name) || isTypePosition(identifier)) continue;
          report(identifier, identifier.name);
        }
      },
    };
  },
};

/**
 * An `import` of a module of Node's own runs each of its getters, to have their values at hand. node:http has one for
 * WebSocket that loads the whole of the undici inside Node: 32 ms of every start, and its memory for good.
 * `process.getBuiltinModule()` hands out the module as it is.
 */
const slowImport = {
  meta: { type: "problem" },
  create(context) {
    const file = relativeToRepository(context.filename);
    if (isFree(file) || !isInside(file, "electron")) return {};
    function check(node, source, isTypeOnly = false) {
      if (source !== "node:http" || isTypeOnly) return;
      const message = `Cannot import "node:http": that loads Node's own undici too; take it from process.getBuiltinModule("node:http")`;
      context.report({ node, message });
    }
    return {
      ImportDeclaration: (node) => check(node, node.source.value, isTypeOnlyImport(node)),
      ExportNamedDeclaration: (node) => check(node, node.source?.value, isTypeOnlyExport(node)),
      ExportAllDeclaration: (node) => check(node, node.source.value, node.exportKind === "type"),
      ImportExpression: (node) => check(node, literalOf(node.source)),
    };
  },
};

/** What `const { some, names } = process.getBuiltinModule("node:x")` takes from where; undefined for anything else. */
function readBuiltin(node) {
  if (node?.type !== "VariableDeclarator" || node.id.type !== "ObjectPattern" || node.init?.type !== "CallExpression") return undefined;
  const { callee } = node.init;
  if (callee.type !== "MemberExpression" || callee.computed || callee.object.name !== "process") return undefined;
  const source = callee.property.name === "getBuiltinModule" ? literalOf(node.init.arguments[0]) : undefined;
  const names = node.id.properties.map(({ computed, key }) => (computed ? undefined : key?.name));
  return source === undefined || names.includes(undefined) ? undefined : { source, names };
}

/** @param {string} filename */
function relativeToRepository(filename) {
  return path.relative(repository, filename).replaceAll(path.sep, "/");
}

/** Where a specifier leads, relative to the repository; undefined for a package. */
function fileOf(source, importer) {
  if (source.startsWith("./") || source.startsWith("../")) return path.posix.join(path.posix.dirname(importer), source);
  for (const [alias, folder] of Object.entries(aliases)) if (source.startsWith(alias)) return folder + source.slice(alias.length);
  return undefined;
}

function aliasOf(file) {
  const [alias, folder] = Object.entries(aliases).find(([, folder]) => file.startsWith(folder)) ?? ["", ""];
  return alias + file.slice(folder.length);
}

function matches(source, pattern) {
  return pattern.endsWith("*") ? source.startsWith(pattern.slice(0, -1)) : source === pattern;
}

function literalOf(node) {
  const literal = node?.type === "TSLiteralType" ? node.literal : node;
  if (literal?.type === "Literal" && typeof literal.value === "string") return literal.value;
  if (literal?.type === "TemplateLiteral" && literal.expressions.length === 0) return literal.quasis[0].value.cooked;
  return undefined;
}

function isTypeOnlyImport(node) {
  return (
    node.importKind === "type" || (node.specifiers.length > 0 && node.specifiers.every((specifier) => specifier.importKind === "type"))
  );
}

function isTypeOnlyExport(node) {
  return (
    node.exportKind === "type" || (node.specifiers.length > 0 && node.specifiers.every((specifier) => specifier.exportKind === "type"))
  );
}

/** undici's `Dispatcher` is abstract: it reaches nothing, and a class that stands where a pool stands extends it. */
function isBaseClassOnly(node) {
  const isHarmless = (specifier) => specifier.importKind === "type" || specifier.imported?.name === "Dispatcher";
  return node.source.value === "undici" && node.specifiers.length > 0 && node.specifiers.every(isHarmless);
}

function isTypePosition(identifier) {
  return (
    identifier.parent.type === "TSTypeQuery" || identifier.parent.type === "TSTypeReference" || identifier.parent.type === "TSQualifiedName"
  );
}

function list(names) {
  return names.length === 0 ? "nothing" : names.join(", ");
}

export default { meta: { name: "postern" }, rules: { boundaries, "no-raw-fetch": noRawFetch, "slow-import": slowImport } };

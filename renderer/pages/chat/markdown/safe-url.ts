const linkSchemes = new Set(["http:", "https:", "mailto:"]);
const ownImage = /^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+$/;

/** The address of a link that a model wrote, where it may be offered: the web and mail. Null for every other scheme, and for what is no address. */
export function readLink(href: string): URL | null {
  const url = URL.parse(href);
  return url !== null && linkSchemes.has(url.protocol) ? url : null;
}

/** What a person is told of an address before it is opened: its host, in the letters that are really asked for. */
export function hostOf(url: URL): string {
  return url.protocol === "mailto:" ? url.pathname : url.host;
}

/** Whether an image is there as a whole, in a format that runs nothing: it asks nobody for anything. */
export function isOwnImage(source: string): boolean {
  return ownImage.test(source);
}

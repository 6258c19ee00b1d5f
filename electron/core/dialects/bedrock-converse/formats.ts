/** Converse names a file's format; everybody else names its media type. */
type Formats = Readonly<Record<string, string>>;

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ImageBlock.html */
export const imageFormats: Formats = { png: "image/png", jpeg: "image/jpeg", gif: "image/gif", webp: "image/webp" };

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html */
export const documentFormats: Formats = {
  pdf: "application/pdf",
  csv: "text/csv",
  doc: "application/msword",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  xls: "application/vnd.ms-excel",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  html: "text/html",
  txt: "text/plain",
  md: "text/markdown",
};

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_VideoBlock.html */
export const videoFormats: Formats = {
  mp4: "video/mp4",
  mov: "video/quicktime",
  mkv: "video/x-matroska",
  webm: "video/webm",
  flv: "video/x-flv",
  mpeg: "video/mpeg",
  mpg: "video/mpg",
  wmv: "video/x-ms-wmv",
  three_gp: "video/3gpp",
};

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_AudioBlock.html */
export const audioFormats: Formats = {
  wav: "audio/wav",
  mp3: "audio/mp3",
  mpeg: "audio/mpeg",
  mpga: "audio/mpga",
  ogg: "audio/ogg",
  opus: "audio/opus",
  flac: "audio/flac",
  aac: "audio/aac",
  "x-aac": "audio/x-aac",
  m4a: "audio/m4a",
  mp4: "audio/mp4",
  mka: "audio/x-matroska",
  mkv: "audio/mkv",
  pcm: "audio/pcm",
  webm: "audio/webm",
};

const synonyms: Readonly<Record<string, string>> = {
  "image/jpg": "image/jpeg",
  "audio/x-wav": "audio/wav",
  "audio/wave": "audio/wav",
  "text/x-markdown": "text/markdown",
  "application/json": "text/plain",
  "application/xml": "text/plain",
};

/** The format that a media type is called; undefined where Converse has none. Any other text is `txt`. */
export function formatOf(formats: Formats, mediaType: string): string | undefined {
  const bare = (mediaType.split(";", 1)[0] as string).trim().toLowerCase();
  const type = synonyms[bare] ?? bare;
  for (const format in formats) if (formats[format] === type) return format;
  return formats["txt"] !== undefined && type.startsWith("text/") ? "txt" : undefined;
}

/** The media type of a format that an answer names; an answer whose format nobody documented holds a PNG, as Nova's do. */
export function imageTypeOf(format: unknown): string {
  return (typeof format === "string" ? imageFormats[format] : undefined) ?? "image/png";
}

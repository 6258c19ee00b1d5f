import { SquareCheck, Square } from "lucide-react";
import { isValidElement, memo, type ReactElement, type ReactNode } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import remarkMath from "remark-math";
import { classNames } from "../../../parts/class-names.ts";
import { Code } from "./code.tsx";
import { findMaths } from "./find-maths.ts";
import { Image } from "./image.tsx";
import { Link } from "./link.tsx";
import { Maths } from "./maths.tsx";
import { isOwnImage, readLink } from "./safe-url.ts";

// One dollar sign is a price far more often than a formula; `findMaths` decides.
const plugins: React.ComponentProps<typeof ReactMarkdown>["remarkPlugins"] = [remarkGfm, [remarkMath, { singleDollarTextMath: false }]];

/** Everything that is left of an answer's Markdown as HTML elements. Raw HTML in it is text: no plugin here reads it. */
const components: Components = {
  a: ({ href, children }) => <Link href={href ?? ""}>{children}</Link>,
  img: ({ src, alt }) => <Image source={typeof src === "string" ? src : ""} words={alt ?? ""} />,
  pre: ({ children }) => {
    if (!isValidElement<{ readonly className?: string; readonly children?: ReactNode }>(children)) return <pre>{children}</pre>;
    const { className = "", children: inside } = children.props;
    const text = textOf(inside).replace(/\n$/, "");
    if (className.includes("math-display")) return <Maths source={text} isDisplay />;
    return <Code text={text} language={/language-(\S+)/.exec(className)?.[1] ?? ""} isClosed />;
  },
  code: ({ className = "", children }) =>
    className.includes("math-inline") ? (
      <Maths source={textOf(children)} isDisplay={false} />
    ) : (
      <code className="rounded-[4px] bg-hover px-1 py-px font-mono text-[0.9em] break-words">{children}</code>
    ),
  input: ({ checked }) => {
    const Box = checked === true ? SquareCheck : Square;
    return <Box role="img" aria-label={checked === true ? "☑" : "☐"} className="mr-1.5 inline size-4 align-[-3px] text-ink-muted" />;
  },
  table: ({ children }) => (
    <div tabIndex={0} role="group" className="my-3 overflow-x-auto rounded-card border border-line">
      <table>{children}</table>
    </div>
  ),
  h1: Heading,
  h2: Heading,
  h3: Heading,
  h4: Heading,
  h5: Heading,
  h6: Heading,
};

/** One block of an answer. It is drawn again only where its text changes. */
export const TextBlock = memo(function TextBlock({ raw, isContinued }: { readonly raw: string; readonly isContinued: boolean }): ReactNode {
  return <div className={classNames("markdown answer-block", isContinued && "markdown-continued")}>{readMarkdown(raw)}</div>;
});

/** Markdown as React's elements. */
export function readMarkdown(raw: string): ReactElement {
  // It has no hooks, and so need not be a component of its own.
  return ReactMarkdown({ children: findMaths(raw), remarkPlugins: plugins, components, urlTransform: keepUrl });
}

/** All of one level: where an answer stands on the page is the page's affair, and models skip levels as they like. */
function Heading({
  node,
  children,
}: {
  readonly node?: { readonly tagName: string } | undefined;
  readonly children?: ReactNode;
}): ReactNode {
  return (
    <div role="heading" aria-level={3} data-level={node?.tagName}>
      {children}
    </div>
  );
}

function keepUrl(url: string): string {
  return readLink(url) !== null || isOwnImage(url) ? url : "";
}

function textOf(children: ReactNode): string {
  return typeof children === "string"
    ? children
    : Array.isArray(children)
      ? children.map((child: ReactNode) => textOf(child)).join("")
      : "";
}

/** From what the form holds to what is submitted. */

import type { BroadcastDraft } from "@shared/wire/generated";

export const MOST_ARTICLES = 8;
const MOST_PARAGRAPHS = 100;
const LONGEST_PARAGRAPH = 2000;

export interface ArticleForm {
  readonly title?: string;
  readonly digest?: string;
  readonly body?: string;
  readonly cover?: string;
}

export interface BroadcastForm {
  readonly account?: string;
  readonly articles?: readonly (ArticleForm | undefined)[];
}

export const NEW_ARTICLE: ArticleForm = { title: "", digest: "", body: "", cover: "" };

/** An empty line ends a paragraph; a single line break stays inside it. */
export function paragraphsOf(body: string): string[] {
  return body
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== "");
}

export function bodyFits(body: string): boolean {
  const paragraphs = paragraphsOf(body);
  return paragraphs.length <= MOST_PARAGRAPHS && paragraphs.every((each) => each.length <= LONGEST_PARAGRAPH);
}

export function draftOf({ account = "", articles = [] }: BroadcastForm): BroadcastDraft {
  return {
    account,
    articles: articles.map((article) => ({
      title: (article?.title ?? "").trim(),
      digest: (article?.digest ?? "").trim(),
      paragraphs: paragraphsOf(article?.body ?? ""),
      cover: article?.cover ?? "",
    })),
  };
}

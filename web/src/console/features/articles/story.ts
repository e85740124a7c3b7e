/** One article as the editor holds it. */

import type { StoryDraft } from "@shared/wire/generated";

export const RULES = ["closed", "open", "followers"] as const;
export const MOST_ARTICLES = 8;
export const MOST_FILES = 10;

export type Story = Required<StoryDraft>;

export const NEW_STORY: Story = {
  title: "",
  author: "",
  digest: "",
  cover: "",
  html: "",
  source: "",
  attachments: [],
  comments: "open",
};

export function storyOf(told: StoryDraft): Story {
  return { ...NEW_STORY, ...told };
}

/** Those at `index` changed; the others as they were. */
export function changed(stories: readonly Story[], index: number, change: Partial<Story>): Story[] {
  return stories.map((story, place) => (place === index ? { ...story, ...change } : story));
}

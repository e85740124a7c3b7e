/** A broadcast in a thread: one article as a picture card, several as a picture and a list. */

import type { ArticleBody } from "@shared/wire/generated";
import { useText } from "../text/language";
import { Cover } from "../ui/cover";

export function ArticleView({ body, onOpen }: { body: Pick<ArticleBody, "items">; onOpen: (index: number) => void }) {
  const { t } = useText();
  const [first, ...others] = body.items;
  if (!first) return null;
  const single = others.length === 0;
  return (
    <section className="el-frame el-article" data-testid="article">
      <button type="button" className="el-plain el-article-lead" onClick={() => onOpen(0)}>
        <Cover digest={first.cover} />
        <strong>{first.title}</strong>
        {single && first.digest && <span className="el-article-digest">{first.digest}</span>}
        {single && <span className="el-article-more">{t("article.read")}</span>}
      </button>
      {others.map((item, index) => (
        <button key={index} type="button" className="el-plain el-article-item" onClick={() => onOpen(index + 1)}>
          <span>{item.title}</span>
          <Cover digest={item.cover} ratio="1 / 1" />
        </button>
      ))}
    </section>
  );
}

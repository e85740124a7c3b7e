/** People that were found, among those one knows. */

import type { FoundPerson } from "@shared/wire/generated";
import { useText } from "../text/language";
import { Avatar } from "../ui/avatar";
import { TrustBadge } from "../ui/trust-badge";
import { useFoundPeople } from "./use-search";

interface Props {
  readonly text: string;
  readonly onOpen: (person: FoundPerson) => void;
}

export function FoundPeople({ text, onOpen }: Props) {
  const { t } = useText();
  const { data = [] } = useFoundPeople(text);
  if (data.length === 0) return null;
  return (
    <section className="el-found" data-testid="found-people">
      <h2>{t("search.people")}</h2>
      {data.map((person) => (
        <button
          key={person.user}
          type="button"
          className="el-plain el-line"
          data-testid={`found-${person.name}`}
          onClick={() => onOpen(person)}
        >
          <Avatar name={person.name} size={40} />
          <span className="el-line-main">
            <span className="el-line-top">
              <strong>{person.name}</strong>
              <TrustBadge badge={person.badge} />
            </span>
          </span>
        </button>
      ))}
    </section>
  );
}

import { useText } from "../text/language";
import { Avatar } from "../ui/avatar";
import type { Acquaintance } from "./use-acquaintances";

interface Props {
  readonly people: readonly Acquaintance[];
  readonly picked: readonly string[];
  readonly onPick: (users: readonly string[]) => void;
}

/** Whom one knows, with a tick at those who are chosen. */
export function PeoplePicker({ people, picked, onPick }: Props) {
  const { t } = useText();
  if (!people.length) return <div className="el-state">{t("group.nobodyLeft")}</div>;
  return (
    <div className="el-group-list">
      {people.map(({ user, name, branch }) => (
        <label key={user} className="el-group-line">
          <input
            type="checkbox"
            data-testid={`pick-${user}`}
            checked={picked.includes(user)}
            onChange={(event) => onPick(event.target.checked ? [...picked, user] : picked.filter((each) => each !== user))}
          />
          <Avatar name={name} size={34} />
          <span>
            <strong>{name}</strong>
            <small>{branch}</small>
          </span>
        </label>
      ))}
    </div>
  );
}

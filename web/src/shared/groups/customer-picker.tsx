import type { CustomerItem } from "@shared/wire/generated";
import { useText } from "../text/language";
import { Avatar } from "../ui/avatar";

interface Props {
  readonly customers: readonly CustomerItem[];
  readonly picked: readonly string[];
  readonly onPick: (users: readonly string[]) => void;
}

/** One's own customers, with a tick at those who are chosen. */
export function CustomerPicker({ customers, picked, onPick }: Props) {
  const { t } = useText();
  if (!customers.length) return <div className="el-state">{t("group.nobodyLeft")}</div>;
  return (
    <div className="el-group-list">
      {customers.map(({ user, name, branch }) => (
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

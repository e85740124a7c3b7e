import { NavBar } from "antd-mobile";
import type { ReactNode } from "react";
import { useNavigate } from "react-router";
import { useWide } from "../../../shared/ui/use-media";
import "../../../shared/groups/groups.css";
import "./contacts.css";

interface Props {
  readonly title: string;
  readonly back?: string;
  readonly children: ReactNode;
}

/** A screen about contacts, with the way back. */
export function Framed({ title, back = "/contacts", children }: Props) {
  const navigate = useNavigate();
  const wide = useWide();
  return (
    <>
      <NavBar backIcon={!wide || back !== "/contacts"} onBack={() => void navigate(back)}>
        {title}
      </NavBar>
      <div className="el-body">
        <div className="el-group">{children}</div>
      </div>
    </>
  );
}

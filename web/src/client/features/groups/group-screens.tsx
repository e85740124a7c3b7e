/** Groups on the phone: a new one, the one whose page is open, and the one that a link leads to. */

import { NavBar } from "antd-mobile";
import type { ReactNode } from "react";
import { useNavigate, useParams } from "react-router";
import { GroupForm } from "../../../shared/groups/group-form";
import { GroupPage } from "../../../shared/groups/group-page";
import { JoinCard } from "../../../shared/groups/join-card";
import { useMe } from "../../../shared/session/use-me";
import { useText } from "../../../shared/text/language";

export function NewGroupScreen() {
  const { t } = useText();
  const navigate = useNavigate();
  return (
    <Framed title={t("group.new")} back="/messages">
      <GroupForm onMade={(conv) => void navigate(chat(conv), { replace: true })} />
    </Framed>
  );
}

export function GroupScreen() {
  const { t } = useText();
  const { conv = "" } = useParams();
  const { data: me } = useMe();
  const navigate = useNavigate();
  return (
    <Framed title={t("group.info")} back={chat(conv)}>
      <GroupPage conv={conv} manager={me?.role === "manager"} onGone={() => void navigate("/messages", { replace: true })} />
    </Framed>
  );
}

export function JoinScreen() {
  const { t } = useText();
  const { token = "" } = useParams();
  const navigate = useNavigate();
  return (
    <Framed title={t("group.join")} back="/messages">
      <JoinCard token={token} onEnter={(conv) => void navigate(chat(conv), { replace: true })} />
    </Framed>
  );
}

function chat(conv: string): string {
  return `/chat/${encodeURIComponent(conv)}`;
}

function Framed({ title, back, children }: { title: string; back: string; children: ReactNode }) {
  const navigate = useNavigate();
  return (
    <>
      <NavBar onBack={() => void navigate(back)}>{title}</NavBar>
      <div className="el-body">{children}</div>
    </>
  );
}

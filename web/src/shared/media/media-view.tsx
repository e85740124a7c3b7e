/** Pictures, voices, videos, files, places and links, as they stand in a thread. */

import { useMutation, useQuery } from "@tanstack/react-query";
import { ImageViewer } from "antd-mobile";
import { DownlandOutline, FileOutline, LocationFill, PlayOutline, SoundOutline } from "antd-mobile-icons";
import { useEffect, useRef, type CSSProperties } from "react";
import type { FileBody, ImageBody, LinkBody, LocationBody, MediaLink, VideoBody, VoiceBody } from "@shared/wire/generated";
import { useSession } from "../session/session";
import { useText } from "../text/language";
import { durationText, placeText, sizeText } from "./size";
import "./media.css";

type MediaBody = ImageBody | VoiceBody | VideoBody | FileBody | LocationBody | LinkBody;

export function MediaView({ body }: { body: MediaBody }) {
  switch (body.type) {
    case "image":
      return <ImageView body={body} />;
    case "voice":
      return <PlayedView body={body} />;
    case "video":
      return <PlayedView body={body} />;
    case "file":
      return <FileView body={body} />;
    case "location":
      return <PlaceView body={body} />;
    case "link":
      return <LinkView body={body} />;
  }
}

/** A link that needs no header and soon expires: asked for when it is wanted. */
function useLink(digest: string) {
  const { api } = useSession();
  return useMutation({
    mutationFn: async () => (await api.post<MediaLink>(`/v1/media/${digest}/link`)).url,
  });
}

function ImageView({ body }: { body: ImageBody }) {
  const { t, errorText } = useText();
  const { api } = useSession();
  const digest = body.thumbnail || body.media;
  const { data, error } = useQuery({
    queryKey: ["media", digest],
    queryFn: () => api.media(digest),
    staleTime: Infinity,
  });
  const image = useRef<HTMLImageElement>(null);
  useEffect(() => {
    if (!data || !image.current) return undefined;
    const url = URL.createObjectURL(data);
    image.current.src = url;
    return () => URL.revokeObjectURL(url);
  }, [data]);
  const link = useLink(body.media);
  const open = link.data !== undefined;
  const close = link.reset;
  useEffect(() => {
    if (!open) return undefined;
    const pressed = (event: KeyboardEvent) => event.key === "Escape" && close();
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [open, close]);
  const shape: CSSProperties = { aspectRatio: `${body.width || 4} / ${body.height || 3}` };
  return (
    <>
      <button type="button" className="el-plain el-image" style={shape} aria-label={t("media.view")} data-testid="image" onClick={() => link.mutate()}>
        {data && <img ref={image} alt={body.name || t("media.photo")} />}
        {(error ?? link.error) && <span role="alert">{errorText(error ?? link.error)}</span>}
      </button>
      <ImageViewer image={link.data ?? ""} visible={open} onClose={close} />
    </>
  );
}

function PlayedView({ body }: { body: VoiceBody | VideoBody }) {
  const { t, errorText } = useText();
  const link = useLink(body.media);
  const video = body.type === "video";
  if (link.data !== undefined) {
    const common = { src: link.data, controls: true, autoPlay: true, onEnded: link.reset };
    return video ? <video className="el-video" playsInline {...common} /> : <audio className="el-audio" {...common} />;
  }
  const told = body.duration_ms ? durationText(body.duration_ms) : sizeText(body.size ?? 0);
  return (
    <button type="button" className={`el-plain el-bubble el-played ${video ? "el-played-video" : ""}`} data-testid={body.type} onClick={() => link.mutate()}>
      {video ? <PlayOutline fontSize={28} /> : <SoundOutline fontSize={20} />}
      <span>{link.error ? errorText(link.error) : `${t(video ? "media.video" : "media.voice")} ${told}`}</span>
    </button>
  );
}

function FileView({ body }: { body: FileBody }) {
  const { t, errorText } = useText();
  const link = useLink(body.media);
  const name = body.name || t("media.file");
  async function keep() {
    const url = await link.mutateAsync();
    const anchor = document.createElement("a");
    anchor.href = `${url}?name=${encodeURIComponent(name)}`;
    anchor.download = name;
    anchor.click();
  }
  return (
    <button type="button" className="el-plain el-frame el-file" data-testid="file" aria-label={t("media.download", { name })} onClick={() => void keep().catch(() => undefined)}>
      <FileOutline fontSize={32} />
      <span className="el-file-name">
        <strong>{name}</strong>
        <small>{link.error ? errorText(link.error) : sizeText(body.size ?? 0)}</small>
      </span>
      <DownlandOutline fontSize={20} />
    </button>
  );
}

function PlaceView({ body }: { body: LocationBody }) {
  const { t } = useText();
  return (
    <section className="el-frame el-place" data-testid="location">
      <LocationFill fontSize={28} />
      <span className="el-file-name">
        <strong>{body.title || t("media.place")}</strong>
        <small>{body.address || placeText(body.latitude, body.longitude)}</small>
      </span>
    </section>
  );
}

function LinkView({ body }: { body: LinkBody }) {
  return (
    <a className="el-frame el-link" href={body.url} target="_blank" rel="noopener noreferrer" data-testid="link">
      <strong>{body.title}</strong>
      <small>{new URL(body.url).host}</small>
    </a>
  );
}

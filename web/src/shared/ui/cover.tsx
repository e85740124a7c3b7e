/** An article's cover: the uploaded image, or the house's own. */

import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useSession } from "../session/session";

export function Cover({ digest, ratio = "2.35 / 1" }: { digest: string; ratio?: string }) {
  return (
    <div className="el-cover" style={{ aspectRatio: ratio }}>
      {digest ? <StoredImage digest={digest} /> : <HouseCover />}
    </div>
  );
}

function StoredImage({ digest }: { digest: string }) {
  const { api } = useSession();
  const { data } = useQuery({
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
  return data ? <img ref={image} alt="" /> : null;
}

function HouseCover() {
  return (
    <svg viewBox="0 0 235 100" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
      <g fill="none" stroke="#fff" strokeOpacity="0.16">
        <circle cx="186" cy="16" r="34" strokeWidth="9" />
        <circle cx="186" cy="16" r="62" strokeWidth="7" />
        <circle cx="186" cy="16" r="90" strokeWidth="5" />
        <circle cx="186" cy="16" r="120" strokeWidth="3" />
      </g>
      <path d="M0 84c38-20 74 9 118-7s76-12 117 3v20H0z" fill="#fff" fillOpacity="0.1" />
    </svg>
  );
}

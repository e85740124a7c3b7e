import { describe, expect, it, vi } from "vitest";
import type { ClientBody, MediumItem, UploadItem } from "@shared/wire/generated";
import { ApiError, type Api } from "../http/api";
import type { Chat } from "../socket/chat";
import { durationText, placeText, sizeText } from "./size";
import { Tray } from "./tray";

const CONV = "d:wangfang:zhangwei";
const PIECE = 4;

/** Holds uploads as the server does; `failures` are thrown first, one for each request. */
class Server {
  received = 0;
  begun = 0;
  readonly failures: ApiError[] = [];
  medium: Partial<MediumItem> = {};

  #answer<T>(value: T): Promise<T> {
    const failure = this.failures.shift();
    return failure ? Promise.reject(failure) : Promise.resolve(value);
  }
  #upload(): UploadItem {
    return { upload: "u-1", size: 10, received: this.received, piece: PIECE, digest: "" };
  }
  get = () => this.#answer(this.#upload());
  delete = () => Promise.resolve();
  post = (path: string): Promise<unknown> => {
    if (path.endsWith("/finish")) {
      return this.#answer({ digest: "d", mime: "application/pdf", size: 10, width: 0, height: 0, thumbnail: "", ...this.medium });
    }
    this.begun += 1;
    this.received = 0;
    return this.#answer(this.#upload());
  };
  putPiece = async (path: string, piece: Blob): Promise<UploadItem> => {
    await this.#answer(null);
    if (!path.endsWith(`offset=${this.received}`)) throw new ApiError("version_conflict", 409, null);
    this.received += piece.size;
    return this.#upload();
  };
}

function world() {
  const server = new Server();
  const sent: ClientBody[] = [];
  const chat = { send: (_: string, body: ClientBody) => sent.push(body) };
  const tray = new Tray(server as unknown as Api, chat as unknown as Chat);
  return { server, sent, tray };
}

const file = (name = "账单.pdf", size = 10) => new File([new Uint8Array(size)], name);

describe("the tray", () => {
  it("sends a file in pieces and then the message", async () => {
    const { server, sent, tray } = world();
    tray.add(CONV, { file: file() });
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    expect(server.received).toBe(10);
    expect(sent[0]).toEqual({ type: "file", media: "d", name: "账单.pdf", mime: "application/pdf", size: 10 });
    expect(tray.items()).toEqual([]);
  });

  it("sends one after another, in the order they were chosen", async () => {
    const { server, sent, tray } = world();
    for (const name of ["a", "b", "c"]) tray.add(CONV, { file: file(name) });
    await vi.waitFor(() => expect(sent).toHaveLength(3));
    expect(sent.map((body) => "name" in body && body.name)).toEqual(["a", "b", "c"]);
    expect(server.begun).toBe(3);
  });

  it("calls a picture a picture and a recording a voice", async () => {
    const { server, sent, tray } = world();
    server.medium = { mime: "image/png", width: 4, height: 3, thumbnail: "t" };
    tray.add(CONV, { file: file("cat.png") });
    tray.add(CONV, { file: file("voice"), voiceMs: 1234.5 });
    await vi.waitFor(() => expect(sent).toHaveLength(2));
    expect(sent.map(({ type }) => type)).toEqual(["image", "voice"]);
  });

  it("asks where it was when a piece met another end", async () => {
    const { server, sent, tray } = world();
    const put = server.putPiece;
    server.putPiece = async (path, piece) => {
      server.putPiece = put;
      await put(path, piece); // it arrived, its answer did not
      throw new ApiError("version_conflict", 409, null);
    };
    tray.add(CONV, { file: file() });
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    expect(server.received).toBe(10);
  });

  it("keeps what is refused, and begins again when told to", async () => {
    const { server, sent, tray } = world();
    server.failures.push(new ApiError("rate_limited", 429, 3));
    tray.add(CONV, { file: file() });
    tray.add(CONV, { file: file("next") });
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    expect(tray.items().map((item) => item.failed)).toEqual(["rate_limited"]);
    tray.retry(tray.items()[0]?.id ?? 0);
    await vi.waitFor(() => expect(sent).toHaveLength(2));
    expect(tray.items()).toEqual([]);
  });

  it("does not even begin with what is too large or empty", () => {
    const { server, tray } = world();
    const huge = { name: "x", size: 101 * 1024 * 1024 } as File;
    tray.add(CONV, { file: huge });
    tray.add(CONV, { file: file("empty", 0) });
    expect(tray.items().map((item) => item.failed)).toEqual(["too_long", "invalid_value"]);
    tray.items().forEach((item) => tray.discard(item.id));
    expect([server.begun, tray.items()]).toEqual([0, []]);
  });
});

describe("figures", () => {
  it("reads as people do", () => {
    expect([0, 999, 1536, 20 * 1024 * 1024].map(sizeText)).toEqual(["0 B", "999 B", "1.5 KB", "20 MB"]);
    expect([0, 61_000].map(durationText)).toEqual(["0:01", "1:01"]);
    expect(placeText(-33.8688, 151.2093)).toBe("33.8688° S, 151.2093° E");
  });
});

import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const page = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** `ELIAN_WEB_BACKEND` is only for `npm run dev`: where the chat server listens. */
const backend = process.env.ELIAN_WEB_BACKEND ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@shared": page("./src/shared") } },
  build: {
    target: "es2022",
    chunkSizeWarningLimit: 1500,
    rolldownOptions: { input: { index: page("index.html"), console: page("console.html") } },
  },
  server: {
    proxy: {
      "/v1": { target: backend, ws: true },
      "/demo": backend,
    },
  },
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"] },
});

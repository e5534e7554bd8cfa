import preact from "@preact/preset-vite";
import { defineConfig } from "vitest/config";

/** The host that `npm run dev` shows; its certificate is its own, so it is not checked here. */
const host = process.env["PUNKTFUNK_HOST"] ?? "https://localhost:47990";

export default defineConfig({
  plugins: [preact({ prerender: { enabled: false } })],
  // The host serves everything below /assets for ever, since every name there carries a hash.
  build: {
    target: "es2022",
    assetsDir: "assets",
    // The content policy of the host lets no `data:` in.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  server: {
    port: 5173,
    proxy: {
      "/api": {
        target: host,
        secure: false,
        // The host answers to its own names only, and takes no request from another origin.
        changeOrigin: true,
        headers: { origin: host },
      },
    },
  },
  test: {
    include: ["test/**/*.test.ts"],
    environment: "node",
  },
});

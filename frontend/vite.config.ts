import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  // Files find each other by relative addresses, so that the site may live in a
  // sub-path that is known only when it runs.
  base: "./",
  plugins: [svelte({ onwarn: failOnAccessibility })],
  resolve: process.env.VITEST ? { conditions: ["browser"] } : {},
  build: {
    manifest: "manifest.json",
    target: "es2022",
    // A data: address in a style sheet would be one more thing to allow.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: [
        "src/workspace.ts",
        "src/worklist.ts",
        "src/finetuning.ts",
        "src/model_import.ts",
      ],
    },
  },
  test: { environment: "happy-dom", include: ["tests/**/*.test.ts"] },
});

type Warning = { code: string; message: string };

function failOnAccessibility(warning: Warning, handle?: (w: never) => void): void {
  if (warning.code.startsWith("a11y")) throw new Error(warning.message);
  handle?.(warning as never);
}

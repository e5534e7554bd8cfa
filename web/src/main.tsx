import { QueryClientProvider } from "@tanstack/react-query";
import { render } from "preact";
import { queryClient } from "./api/queries";
import { App } from "./app";
import { followTheme } from "./lib/theme";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/layout.css";
import "./styles/parts.css";
import "./styles/home.css";
import "./styles/pages.css";

followTheme();

const root = document.getElementById("app");
if (root !== null) {
  render(
    <QueryClientProvider client={queryClient}>
      <App />
    </QueryClientProvider>,
    root,
  );
}

/** The staff's page: mounts the desk, knows nothing else. */

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { HashRouter } from "react-router";
import "../shared/ui/theme.css";
import "./app/console.css";
import { LanguageProvider } from "../shared/text/language";
import { App } from "./app/app";

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <LanguageProvider>
        <HashRouter>
          <App />
        </HashRouter>
      </LanguageProvider>
    </StrictMode>,
  );
}

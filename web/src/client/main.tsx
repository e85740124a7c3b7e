/** The customer's page: mounts the app, knows nothing else. */

import { StrictMode } from "react";
import { unstableSetRender } from "antd-mobile";
import { createRoot } from "react-dom/client";
import { HashRouter } from "react-router";
import "../shared/ui/theme.css";
import "./app/app.css";
import { LanguageProvider } from "../shared/text/language";
import { App } from "./app/app";

// Toasts and dialogs mount outside the tree; with React 19 the library must be told how. The
// library marks this door as one that it will close when it no longer needs it; there is no other.
// eslint-disable-next-line @typescript-eslint/no-deprecated -- see above
unstableSetRender((node, container) => {
  const outside = createRoot(container);
  outside.render(node);
  return () => {
    outside.unmount();
    return Promise.resolve();
  };
});

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

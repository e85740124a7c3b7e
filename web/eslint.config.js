import importPlugin from "eslint-plugin-import";
import reactHooks from "eslint-plugin-react-hooks";
import { readdirSync } from "node:fs";
import tseslint from "typescript-eslint";

const others = (app, feature) => ({
  target: `src/${app}/features/${feature}`,
  from: `src/${app}/features`,
  except: [`./${feature}`],
  message: "No feature imports another.",
});

const zones = [
  { target: "src/shared", from: ["src/client", "src/console"], message: "shared knows no app." },
  { target: "src/client", from: "src/console", message: "The two apps share only `shared`." },
  { target: "src/console", from: "src/client", message: "The two apps share only `shared`." },
  ...["client", "console"].flatMap((app) => [
    { target: `src/${app}/features`, from: `src/${app}/app`, message: "app imports features." },
    ...readdirSync(`src/${app}/features`).map((feature) => others(app, feature)),
  ]),
];

export default tseslint.config(
  { ignores: ["dist", "node_modules", "src/shared/wire/generated.ts"] },
  ...tseslint.configs.strictTypeChecked,
  { languageOptions: { parserOptions: { projectService: { allowDefaultProject: ["*.js", "public/*.js"] } } } },
  {
    files: ["src/**/*.{ts,tsx}"],
    plugins: { import: importPlugin, "react-hooks": reactHooks },
    settings: {
      "import/resolver": { node: { extensions: [".ts", ".tsx"] } },
      "import/parsers": { "@typescript-eslint/parser": [".ts", ".tsx"] },
    },
    rules: {
      ...reactHooks.configs.recommended.rules,
      "import/no-restricted-paths": ["error", { zones }],
      "import/no-cycle": "error",
      "max-lines": ["error", { max: 400 }],
      "no-restricted-syntax": [
        "error",
        { selector: "ExportAllDeclaration", message: "No barrel files." },
        { selector: "ExportNamedDeclaration[source]", message: "No barrel files." },
        { selector: "JSXText[value=/[\\u4e00-\\u9fff]/]", message: "Words live in shared/text." },
      ],
      // A number in a template reads well and cannot surprise.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // Handlers of the screen are often asynchronous; their errors are caught inside.
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: false }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true }],
      // The server may omit a field that has its default, whatever the generated type says.
      "@typescript-eslint/no-unnecessary-condition": "off",
    },
  },
  { files: ["src/**/*.tsx"], rules: { "max-lines": ["error", { max: 200 }] } },
  { files: ["*.js", "public/*.js"], ...tseslint.configs.disableTypeChecked },
);

/** The module of every page: it registers the elements and starts what the shell does. */
import { Banner } from "./banner.ts";
import { Button } from "./button.ts";
import { Chart } from "./chart.ts";
import { Dialog } from "./dialog.ts";
import { Editor } from "./editor.ts";
import { Checkbox, Input, Select, Textarea } from "./field.ts";
import { Fragment } from "./fragment.ts";
import { Toast } from "./toast.ts";
import { Tree } from "./tree.ts";
import { startMenus } from "../shell/menus.ts";
import { startShortcuts } from "../shell/shortcuts.ts";
import { startTheme } from "../shell/theme.ts";

const elements: Record<string, CustomElementConstructor> = {
  banner: Banner,
  button: Button,
  chart: Chart,
  checkbox: Checkbox,
  dialog: Dialog,
  editor: Editor,
  fragment: Fragment,
  input: Input,
  select: Select,
  textarea: Textarea,
  toast: Toast,
  tree: Tree,
};

for (const [name, element] of Object.entries(elements)) customElements.define(`databricks-${name}`, element);

startMenus();
startShortcuts();
startTheme();

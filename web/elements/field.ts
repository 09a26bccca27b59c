import { Brick } from "./brick.ts";
import { make, newId } from "./make.ts";

/** Attributes of a bare field that belong to its control. */
const controlAttributes = [
  "name", "value", "type", "placeholder", "required", "disabled", "readonly", "checked", "multiple", "autocomplete", "inputmode",
  "min", "max", "step", "minlength", "maxlength", "pattern", "rows",
];

/** A field with a label attribute and no control of its own gets both. */
abstract class Field extends Brick {
  protected abstract makeControl(): HTMLElement;

  protected override begin(): boolean {
    const label = this.getAttribute("label");
    if (label === null || this.querySelector("input, select, textarea")) return false;
    const control = this.makeControl();
    for (const name of controlAttributes) {
      const value = this.getAttribute(name);
      if (value !== null) control.setAttribute(name, value);
    }
    this.arrange(label, control);
    return true;
  }

  protected arrange(label: string, control: HTMLElement): void {
    control.id = newId();
    this.replaceChildren(make("label", { for: control.id }, label), control);
  }
}

export class Input extends Field {
  protected override makeControl(): HTMLElement {
    return make("input");
  }
}

export class Select extends Field {
  protected override makeControl(): HTMLElement {
    return make("select", {}, ...this.childNodes);
  }
}

export class Textarea extends Field {
  protected override makeControl(): HTMLElement {
    return make("textarea", {}, (this.textContent ?? "").trim());
  }
}

export class Checkbox extends Field {
  protected override makeControl(): HTMLElement {
    return make("input", { type: "checkbox" });
  }

  protected override arrange(label: string, control: HTMLElement): void {
    this.replaceChildren(make("label", {}, control, ` ${label}`));
  }
}

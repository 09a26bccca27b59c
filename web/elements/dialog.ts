import { Brick } from "./brick.ts";

/**
 * databricks-dialog opens its dialog as a modal one. Without script its trigger is a link to the page on which the server
 * has opened it, and what closes it a form with the method dialog or a link back; a link with the class close only closes.
 */
export class Dialog extends Brick {
  protected override begin(): boolean {
    const dialog = this.querySelector("dialog");
    if (!dialog) return false;
    const openedByServer = dialog.open;
    if (openedByServer) {
      dialog.close();
      dialog.showModal();
    }
    this.addEventListener("click", (event) => {
      const target = event.target as Element;
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      if (target.closest(".open")) {
        event.preventDefault();
        dialog.showModal();
      } else if (target.closest(".close") && !openedByServer) {
        event.preventDefault();
        dialog.close();
      } else if (target === dialog && isOutside(dialog, event)) {
        dialog.close();
      }
    });
    return false;
  }
}

/** A click on the backdrop has the dialog as its target, and stands outside its box. */
function isOutside(dialog: HTMLDialogElement, event: MouseEvent): boolean {
  const box = dialog.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

package browser

import (
	"context"
	"fmt"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// The keys that a walk by keyboard needs.
const (
	KeyTab    = kb.Tab
	KeyEnter  = kb.Enter
	KeyEscape = kb.Escape
	KeyUp     = kb.ArrowUp
	KeyDown   = kb.ArrowDown
	KeyLeft   = kb.ArrowLeft
	KeyRight  = kb.ArrowRight
	KeyHome   = kb.Home
	KeyEnd    = kb.End
	KeySpace  = " "
)

// Press presses keys, one after the other.
func (t *Tab) Press(keys ...string) error {
	for _, key := range keys {
		if err := t.do(stroke(key)); err != nil {
			return fmt.Errorf("press %q: %w", key, err)
		}
	}
	return nil
}

// stroke types characters as a keyboard does: a key brings its character unless a script prevents it.
func stroke(keys string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		for _, r := range keys {
			events := kb.Encode(r)
			down, up := events[0], events[len(events)-1]
			for _, event := range events {
				down.Text += event.Text
			}
			for _, event := range []*input.DispatchKeyEventParams{down, up} {
				if _, err := cdp.Call(ctx, target, input.DispatchKeyEvent, *event); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// PressWithControl presses a key while Control is held down.
func (t *Tab) PressWithControl(key string) error {
	if err := t.do(withControl(key)); err != nil {
		return fmt.Errorf("press Control and %q: %w", key, err)
	}
	return nil
}

// PressWithControlToLeave does so, waits for the page that it leads to and returns its status.
func (t *Tab) PressWithControlToLeave(key string) (status int, err error) {
	return t.Arrive(fmt.Sprintf("press Control and %q", key), withControl(key))
}

// controlKey is the bit of the Control key in the protocol's modifiers.
const controlKey = 2

// withControl is a key that brings no character.
func withControl(key string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		for _, r := range key {
			events := kb.Encode(r)
			for _, event := range []*input.DispatchKeyEventParams{events[0], events[len(events)-1]} {
				event.Modifiers, event.Text, event.UnmodifiedText = controlKey, "", ""
				if _, err := cdp.Call(ctx, target, input.DispatchKeyEvent, *event); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// PressToLeave presses a key that leads to another page, waits for it and returns its status.
func (t *Tab) PressToLeave(key string) (status int, err error) {
	return t.Arrive(fmt.Sprintf("press %q", key), stroke(key))
}

// Stop is a place where the Tab key stops.
type Stop struct {
	// Element is the beginning of its markup, Name its text or label. Both are empty for the page itself.
	Element, Name string
	// Order is its place among the page's stops as they are read, from 0; -1 for what is not among them.
	Order int
	// Ring says that an outline or a shadow is drawn around it; Seen that it is in the window, and not behind something.
	Ring, Seen bool
}

// Stops returns the page's visible controls and links in the order in which they are read, slots in the place of their
// layout, and marks them for Focused.
func (t *Tab) Stops() ([]Stop, error) {
	return Evaluate[[]Stop](t, `(() => {
		const stops = [];
		const visit = node => {
			if (node.nodeType !== Node.ELEMENT_NODE || node.inert) return;
			const shown = node.checkVisibility({visibilityProperty: true, contentVisibilityAuto: false});
			const enabled = !node.disabled && node.tabIndex >= 0;
			const native = node.matches('a[href], button, input:not([type=hidden]), select, textarea, summary, iframe');
			if (shown && enabled && (native || node.hasAttribute('tabindex'))) stops.push(node);
			const children = node instanceof HTMLSlotElement && node.assignedElements().length ? node.assignedElements()
				: (node.shadowRoot ?? node).children;
			for (const child of children) visit(child);
		};
		visit(document.body);
		window.corbelStops = stops;
		return stops.map((e, i) => ({Element: e.outerHTML.slice(0, 100), Name: (e.innerText || e.ariaLabel || '').trim().slice(0, 60), Order: i, Ring: false, Seen: false}));
	})()`)
}

// Focused returns what has the focus. Orders are those of the last call of Stops on this page.
func (t *Tab) Focused() (Stop, error) {
	return Evaluate[Stop](t, `(() => {
		let e = document.activeElement;
		while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
		if (!e || e === document.body || e === document.documentElement) return {Element: '', Name: '', Order: -1, Ring: false, Seen: true};
		const style = getComputedStyle(e);
		const outline = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
		const box = e.getBoundingClientRect();
		// A part of it may lie under a button that belongs to it: one free point is enough.
		const free = (part) => {
			const x = Math.min(Math.max(box.left + box.width * part, 0), innerWidth - 1);
			const y = Math.min(Math.max(box.top + Math.min(box.height / 2, 20), 0), innerHeight - 1);
			let top = document.elementFromPoint(x, y);
			for (let next; (next = top?.shadowRoot?.elementFromPoint(x, y)) && next !== top;) top = next;
			return !!top && (e.contains(top) || top.contains(e));
		};
		const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
		return {
			Element: e.outerHTML.slice(0, 100), Name: (e.innerText || e.ariaLabel || '').trim().slice(0, 60),
			Order: (window.corbelStops ?? []).indexOf(e),
			Ring: outline || style.boxShadow !== 'none',
			Seen: inside && [0.1, 0.3, 0.5, 0.7, 0.9].some(free),
		};
	})()`)
}

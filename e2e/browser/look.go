package browser

import (
	"context"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Look is how a page is looked at.
type Look struct {
	Width, Height int64
	// Dark prefers dark colours.
	Dark bool
	// ForcedColors replaces the page's colours by the few of the system, as Windows' contrast themes do.
	ForcedColors bool
}

// The looks that every page must stand.
var (
	Desk       = Look{Width: 1280, Height: 800}
	DeskDark   = Look{Width: 1280, Height: 800, Dark: true}
	DeskForced = Look{Width: 1280, Height: 800, ForcedColors: true}
	Phone      = Look{Width: 390, Height: 844}
	PhoneDark  = Look{Width: 390, Height: 844, Dark: true}
)

// Show looks at the open page in another way, without loading it again. Transitions are over when it returns.
func (t *Tab) Show(look Look) error {
	return t.do(chromedp.EmulateViewport(look.Width, look.Height), prefer(look), chromedp.Evaluate[chromedp.Void](
		`document.getAnimations().filter(a => a instanceof CSSTransition).forEach(a => a.finish())`))
}

// Scripting switches the scripts of pages off and on; it takes effect with the next page. What a test evaluates runs anyway.
func (t *Tab) Scripting(on bool) error {
	return t.do(command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on}))
}

func prefer(look Look) chromedp.Action[chromedp.Void] {
	scheme, forced := "light", "none"
	if look.Dark {
		scheme = "dark"
	}
	if look.ForcedColors {
		forced = "active"
	}
	return command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "forced-colors", Value: forced},
	}})
}

// command is the step that runs a command of the protocol without result.
func command[P, R any](c cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, c, params)
		return err
	})
}

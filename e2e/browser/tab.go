package browser

import (
	"context"
	"fmt"
	"net/http"
	"sync"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Tab is one tab of a browser, with cookies and a cache of its own. It is for one goroutine.
type Tab struct {
	ctx     context.Context //nolint:containedctx // a tab is a context in chromedp
	close   context.CancelFunc
	watch   *watch
	answers sync.WaitGroup // to the dialogs that pages open
}

// Tab opens a tab.
func (b *Browser) Tab(look Look) (*Tab, error) {
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	t := &Tab{ctx: ctx, close: cancel, watch: newWatch()}
	// The tab lives as long as the context of the first action: it must not be one with a time limit.
	if err := chromedp.Listen(ctx, t.watch.event); err != nil {
		cancel()
		return nil, fmt.Errorf("open a tab: %w", err)
	}
	// Of the tabs that are open at once one alone would have the keyboard.
	focus := emulation.SetFocusEmulationEnabledParams{Enabled: true}
	if err := t.do(command(audits.Enable, cdp.Empty{}), command(emulation.SetFocusEmulationEnabled, focus)); err != nil {
		cancel()
		return nil, fmt.Errorf("prepare a tab: %w", err)
	}
	if err := t.Show(look); err != nil {
		cancel()
		return nil, fmt.Errorf("prepare a tab: %w", err)
	}
	t.answers.Go(t.dismiss)
	return t, nil
}

// Close closes the tab.
func (t *Tab) Close() {
	t.close()
	t.answers.Wait()
}

// dismiss closes the dialogs that scripts open: the page would stand still.
func (t *Tab) dismiss() {
	for {
		select {
		case <-t.watch.dialogs:
			// It fails when the page has gone meanwhile, and the dialog with it.
			_ = t.do(command(page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true}))
		case <-t.ctx.Done():
			return
		}
	}
}

// Complaints returns what has been wrong with the tab's pages so far: errors and warnings of scripts and of the network,
// violations of the content security policy, and dialogs that a script opened.
func (t *Tab) Complaints() []string { return t.watch.complained() }

// SetCookies puts cookies of the site at url into the tab, such as those of somebody who has signed in.
func (t *Tab) SetCookies(url string, cookies []*http.Cookie) error {
	params := network.SetCookiesParams{}
	for _, c := range cookies {
		params.Cookies = append(params.Cookies, &network.CookieParam{Name: c.Name, Value: c.Value, URL: url, HTTPOnly: true})
	}
	if err := t.do(command(network.SetCookies, params)); err != nil {
		return fmt.Errorf("set cookies of %s: %w", url, err)
	}
	return nil
}

// ClearCookies takes all cookies away.
func (t *Tab) ClearCookies() error {
	if err := t.do(command(network.ClearBrowserCookies, cdp.Empty{})); err != nil {
		return fmt.Errorf("clear cookies: %w", err)
	}
	return nil
}

// SetHeader sends a header with every request from now on.
func (t *Tab) SetHeader(name, value string) error {
	return t.do(command(network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{name: value}}))
}

func (t *Tab) do(steps ...chromedp.Action[chromedp.Void]) error {
	ctx, cancel := context.WithTimeout(t.ctx, actionTimeout)
	defer cancel()
	return chromedp.Do(ctx, steps...)
}

func run[T any](t *Tab, a chromedp.Action[T]) (T, error) {
	ctx, cancel := context.WithTimeout(t.ctx, actionTimeout)
	defer cancel()
	return chromedp.Run(ctx, a)
}

// Evaluate returns the value of a JavaScript expression in the page; of a promise, what it comes to.
func Evaluate[T any](t *Tab, expression string) (T, error) {
	v, err := run(t, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		return v, fmt.Errorf("evaluate %.120s: %w", expression, err)
	}
	return v, nil
}

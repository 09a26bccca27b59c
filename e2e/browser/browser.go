package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// actionTimeout bounds one step: opening a page, a click, a screenshot.
const actionTimeout = 20 * time.Second

// install is what brings a browser on Debian; scripts/require says the same.
const install = "apt-get install -y --no-install-recommends chromium fonts-dejavu-core fonts-liberation"

// find returns the program of a Chromium.
func find() (string, error) {
	names := []string{
		os.Getenv("CORBEL_CHROMIUM"), "chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium",
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); name != "" && err == nil {
			return path, nil
		}
	}
	return "", errors.New("no Chromium found: " + install + ", or name one in CORBEL_CHROMIUM")
}

// Browser is a running Chromium with a profile of its own.
type Browser struct {
	ctx   context.Context //nolint:containedctx // a browser is a context in chromedp
	close func()
}

// Start starts a browser that keeps its profile in dir. It ends with ctx or by Close.
func Start(ctx context.Context, dir string) (*Browser, error) {
	program, err := find()
	if err != nil {
		return nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program), chromedp.UserDataDir(dir),
		// It must ask nobody but the server under test.
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-gpu", true),
	)
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium's sandbox refuses to work for root
	}
	allocated, stopAllocator := chromedp.NewExecAllocator(ctx, options...)
	browserCtx, stopBrowser := chromedp.NewContext(allocated)
	b := &Browser{ctx: browserCtx, close: func() { stopBrowser(); stopAllocator() }}
	if err := chromedp.Do(browserCtx); err != nil {
		b.close()
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	return b, nil
}

// Close ends the browser.
func (b *Browser) Close() { b.close() }

// Look is how a page is looked at.
type Look struct {
	Width, Height int64
	Dark          bool
}

// The looks that every page must stand.
var (
	Desk      = Look{Width: 1280, Height: 800}
	DeskDark  = Look{Width: 1280, Height: 800, Dark: true}
	Phone     = Look{Width: 390, Height: 844}
	PhoneDark = Look{Width: 390, Height: 844, Dark: true}
)

// Tab is one tab of a browser. Tabs of a browser share its cookies.
type Tab struct {
	ctx   context.Context //nolint:containedctx // a tab is a context in chromedp
	close context.CancelFunc

	mu         sync.Mutex
	complaints []string
	listening  sync.WaitGroup
}

// Tab opens a tab.
func (b *Browser) Tab(look Look) (*Tab, error) {
	ctx, cancel := chromedp.NewContext(b.ctx)
	t := &Tab{ctx: ctx, close: cancel}
	// The tab lives as long as the context of the first action: it must not be one with a time limit.
	if err := chromedp.Do(ctx); err != nil {
		cancel()
		return nil, fmt.Errorf("open a tab: %w", err)
	}
	if err := t.do(chromedp.EmulateViewport(look.Width, look.Height), prefer(look)); err != nil {
		cancel()
		return nil, fmt.Errorf("prepare a tab: %w", err)
	}
	messages := chromedp.Console(ctx)
	t.listening.Go(func() {
		for m, err := range messages {
			if err != nil {
				return // the tab is closed
			}
			if m.IsException() || m.Type == "error" || m.Type == "warning" || m.Source == "security" {
				t.mu.Lock()
				t.complaints = append(t.complaints, m.String())
				t.mu.Unlock()
			}
		}
	})
	return t, nil
}

// prefer chooses the colour scheme.
func prefer(look Look) chromedp.Action[chromedp.Void] {
	scheme := "light"
	if look.Dark {
		scheme = "dark"
	}
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	})
}

// Close closes the tab.
func (t *Tab) Close() {
	t.close()
	t.listening.Wait()
}

// Complaints returns the errors and warnings of the tab's pages so far: of scripts, of the network, and violations of
// the content security policy.
func (t *Tab) Complaints() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]string(nil), t.complaints...)
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

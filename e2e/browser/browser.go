package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/chromedp/chromedp"
)

// actionTimeout bounds one step: opening a page, a click, a screenshot.
const actionTimeout = 20 * time.Second

// install is what brings a browser on Debian; scripts/require says the same.
const install = "apt-get install -y --no-install-recommends chromium fonts-dejavu-core fonts-liberation"

// Find returns the program of a Chromium.
func Find() (string, error) {
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
	program, err := Find()
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

package browser

import (
	"context"
	"fmt"
	"os"
	"strconv"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// pictureQuality is WebP's: text stays sharp at a third of a PNG's size.
const pictureQuality = 75

// Open opens an address, waits until all of it is loaded and returns the status of its page.
func (t *Tab) Open(url string) (status int, err error) {
	t.watch.forget()
	resp, err := run(t, chromedp.NavigateResponse(url))
	if err != nil {
		return 0, fmt.Errorf("open %s: %w", url, err)
	}
	return int(resp.Status), nil
}

// Begin opens an address and returns as soon as the first of its bytes are there.
func (t *Tab) Begin(url string) error {
	t.watch.forget()
	result, err := run(t, func(ctx context.Context, _ *chromedp.Target) (page.NavigateResult, error) {
		return chromedp.Call(ctx, page.Navigate, page.NavigateParams{URL: url})
	})
	if err != nil {
		return fmt.Errorf("open %s: %w", url, err)
	}
	if result.ErrorText != "" {
		return fmt.Errorf("open %s: %s", url, result.ErrorText)
	}
	return nil
}

// Transfers returns what the page has loaded since Open or Begin.
func (t *Tab) Transfers() []Transfer { return t.watch.transferred() }

// Follow clicks the first link or button with this text in the page's own content, or, if there is none, the first visible one
// around it, waits for the page that it leads to and returns its status.
func (t *Tab) Follow(text string) (status int, err error) {
	quoted := strconv.Quote(text)
	named := `*[self::a or self::button][contains(normalize-space(.), ` + quoted + `)]`
	return t.Arrive("follow "+quoted, chromedp.Click(chromedp.Search(`(//main//`+named+`)[1] | //`+named+`[not(//main//`+named+`)]`), chromedp.NodeVisible))
}

// Arrive takes a step that leads to another page, waits for that page and returns its status.
func (t *Tab) Arrive(what string, step chromedp.Action[chromedp.Void]) (status int, err error) {
	ctx, cancel := context.WithTimeout(t.ctx, actionTimeout)
	defer cancel()
	resp, err := chromedp.RunResponse(ctx, step)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", what, err)
	}
	return int(resp.Status), nil
}

// Click clicks the first visible element that a CSS selector finds.
func (t *Tab) Click(selector string) error {
	if err := t.do(chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible)); err != nil {
		return fmt.Errorf("click %s: %w", selector, err)
	}
	return nil
}

// Await waits until a JavaScript expression is true.
func (t *Tab) Await(expression string) error {
	if _, err := run(t, chromedp.Poll[chromedp.Void](expression)); err != nil {
		return fmt.Errorf("wait for %.200s: %w", expression, err)
	}
	return nil
}

// Location returns the address of the page.
func (t *Tab) Location() (string, error) { return run(t, chromedp.Location()) }

// Title returns the title of the page.
func (t *Tab) Title() (string, error) { return run(t, chromedp.Title()) }

// Text returns the text of the page as it is shown.
func (t *Tab) Text() (string, error) { return Evaluate[string](t, `document.body.innerText`) }

// Count returns how many elements a CSS selector finds.
func (t *Tab) Count(selector string) (int, error) {
	return Evaluate[int](t, `document.querySelectorAll(`+strconv.Quote(selector)+`).length`)
}

// Texts returns the texts of the elements that a CSS selector finds.
func (t *Tab) Texts(selector string) ([]string, error) {
	return Evaluate[[]string](t, `Array.from(document.querySelectorAll(`+strconv.Quote(selector)+`), e => e.innerText.trim())`)
}

// Background returns the colour behind the page, as CSS says it: "rgb(255, 255, 255)".
func (t *Tab) Background() (string, error) {
	return Evaluate[string](t, `[document.body, document.documentElement]
		.map(e => getComputedStyle(e).backgroundColor).find(colour => colour !== 'rgba(0, 0, 0, 0)') ?? 'none'`)
}

// Screenshot writes a picture of the window, with the page at its top, into a WebP file.
func (t *Tab) Screenshot(file string) error {
	quality := int64(pictureQuality)
	result, err := run(t, func(ctx context.Context, _ *chromedp.Target) (page.CaptureScreenshotResult, error) {
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[chromedp.Void](`window.scrollTo(0, 0)`)); err != nil {
			return page.CaptureScreenshotResult{}, err
		}
		return chromedp.Call(ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{
			Format: page.CaptureScreenshotFormatWebp, Quality: &quality,
		})
	})
	if err != nil {
		return fmt.Errorf("screenshot %s: %w", file, err)
	}
	return os.WriteFile(file, result.Data, 0o600)
}

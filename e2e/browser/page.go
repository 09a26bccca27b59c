package browser

import (
	"context"
	"fmt"
	"os"
	"strconv"

	"github.com/chromedp/chromedp"
)

// Open opens an address and returns the status of its page.
func (t *Tab) Open(url string) (status int, err error) {
	resp, err := run(t, chromedp.NavigateResponse(url))
	if err != nil {
		return 0, fmt.Errorf("open %s: %w", url, err)
	}
	return int(resp.Status), nil
}

// Follow clicks the first visible link or button with this text, waits for the page that it leads to and returns its status.
func (t *Tab) Follow(text string) (status int, err error) {
	ctx, cancel := context.WithTimeout(t.ctx, actionTimeout)
	defer cancel()
	quoted := strconv.Quote(text)
	resp, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.Search(
		`//*[self::a or self::button][contains(normalize-space(.), `+quoted+`)]`), chromedp.NodeVisible))
	if err != nil {
		return 0, fmt.Errorf("follow %s: %w", quoted, err)
	}
	return int(resp.Status), nil
}

// Location returns the address of the page.
func (t *Tab) Location() (string, error) { return run(t, chromedp.Location()) }

// Title returns the title of the page.
func (t *Tab) Title() (string, error) { return run(t, chromedp.Title()) }

// Text returns the text of the page as it is shown.
func (t *Tab) Text() (string, error) {
	return run(t, chromedp.Evaluate[string](`document.body.innerText`))
}

// Count returns how many elements a CSS selector finds.
func (t *Tab) Count(selector string) (int, error) {
	return run(t, chromedp.Evaluate[int](`document.querySelectorAll(`+strconv.Quote(selector)+`).length`))
}

// Texts returns the texts of the elements that a CSS selector finds.
func (t *Tab) Texts(selector string) ([]string, error) {
	return run(t, chromedp.Evaluate[[]string](`Array.from(document.querySelectorAll(`+strconv.Quote(selector)+`), e => e.innerText.trim())`))
}

// Overflow returns by how many pixels the page is wider than the window, and what sticks out: 0 for a page that fits.
func (t *Tab) Overflow() (pixels int, culprits []string, err error) {
	pixels, err = run(t, chromedp.Evaluate[int](`document.documentElement.scrollWidth - document.documentElement.clientWidth`))
	if err != nil || pixels <= 0 {
		return 0, nil, err
	}
	culprits, err = run(t, chromedp.Evaluate[[]string](`Array.from(document.querySelectorAll('body *'))
		.filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
		.slice(0, 5).map(e => e.outerHTML.slice(0, 120))`))
	return pixels, culprits, err
}

// Background returns the colour behind the page, as CSS says it: "rgb(255, 255, 255)".
func (t *Tab) Background() (string, error) {
	return run(t, chromedp.Evaluate[string](`[document.body, document.documentElement]
		.map(e => getComputedStyle(e).backgroundColor).find(colour => colour !== 'rgba(0, 0, 0, 0)') ?? 'none'`))
}

// Screenshot writes a picture of the whole page, from its top, into a PNG file.
func (t *Tab) Screenshot(file string) error {
	if err := t.do(chromedp.Evaluate[chromedp.Void](`window.scrollTo(0, 0)`)); err != nil {
		return fmt.Errorf("screenshot %s: %w", file, err)
	}
	picture, err := run(t, chromedp.FullScreenshot(100))
	if err != nil {
		return fmt.Errorf("screenshot %s: %w", file, err)
	}
	return os.WriteFile(file, picture, 0o600)
}

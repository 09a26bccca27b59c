package page

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"corbel.example/host/internal/answer"
	"corbel.example/host/internal/page/markup"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/ui"
	"corbel.example/sdk/ui/gallery"
	"corbel.example/sdk/wire"
	"corbel.example/web"
)

// maxDesignExample is the largest example.
const maxDesignExample = 64 << 10

// designExample is one state of an element.
type designExample struct{ title, shown, markup string }

// design is the gallery, rendered once: it is the same for everybody.
var design = sync.OnceValues(func() ([]web.Block, error) {
	var blocks []web.Block
	for i, section := range gallery.Sections() {
		examples := make([]designExample, len(section.Examples))
		for j, example := range section.Examples {
			var err error
			if examples[j], err = designOf(example, "e"+strconv.Itoa(i)+"-"+strconv.Itoa(j)+"-"); err != nil {
				return nil, fmt.Errorf("section %q, example %q: %w", section.Title, example.Title, err)
			}
		}
		var b strings.Builder
		if err := designSection(section, examples).Render(context.Background(), &b); err != nil {
			return nil, fmt.Errorf("section %q: %w", section.Title, err)
		}
		blocks = append(blocks, web.Block{Markup: web.Markup(b.String())})
	}
	return blocks, nil
})

// designOf shows an example as it would stand in a fragment. Its ids get a prefix: states of one element have the same.
func designOf(example gallery.Example, idPrefix string) (designExample, error) {
	source, err := gallery.Markup(context.Background(), example.Component)
	if err != nil {
		return designExample{}, err
	}
	r, err := http.NewRequest(http.MethodGet, "/_design", http.NoBody) //nolint:noctx // it goes nowhere
	if err != nil {
		return designExample{}, err
	}
	a := answer.New(maxDesignExample)
	defer a.Release()
	if err := ui.Write(a, r, example.Component); err != nil {
		return designExample{}, err
	}
	cleaned, err := markup.Rules{IDPrefix: idPrefix}.Clean(a.Body())
	if err != nil {
		return designExample{}, err
	}
	return designExample{title: example.Title, shown: cleaned.HTML, markup: source}, nil
}

// ServeDesign answers with the gallery: every element in every state, with its markup.
func (c *Composer) ServeDesign(w http.ResponseWriter, r *http.Request, x wire.Exchange) error {
	blocks, err := design()
	if err != nil {
		return fault.Wrap(fault.Internal, err, "").WithOp("render the gallery")
	}
	page := web.Page{Title: "Design", Places: make([]web.Place, len(blocks))}
	for i := range page.Places {
		page.Places[i].Slot = "main"
	}
	return c.serveBlocks(w, r, http.StatusOK, page, x, blocks...)
}

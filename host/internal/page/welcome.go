package page

import (
	"net/http"
	"time"

	"corbel.example/sdk/ui"
	"corbel.example/sdk/wire"
)

const (
	// usedCookie says that the application's pages have been opened in this browser. usedAge is how long that is remembered.
	usedCookie = "corbel_used"
	usedAge    = 365 * 24 * time.Hour
	// mostSuggested is how many pages a new user is led to: the first of each group of the navigation.
	mostSuggested = 4
)

// welcome is what somebody who has not opened a page yet sees at the top of the home page; nil for everybody else.
func (c *Composer) welcome(r *http.Request) ui.Component {
	if _, err := r.Cookie(usedCookie); err == nil {
		return nil
	}
	look := ui.Parts{ui.Text(textWelcomeLook)}
	for _, group := range c.table.Nav() {
		if len(group.Items) == 0 || len(look) > 2*mostSuggested-1 {
			continue
		}
		if len(look) > 1 {
			look = append(look, ui.Text(", "))
		}
		look = append(look, ui.Link{Href: group.Items[0].Path, Text: group.Items[0].Title})
	}
	if len(look) == 1 {
		return nil
	}
	return ui.Card{Title: textWelcome, Body: ui.Stack{
		ui.List{
			ui.Paragraph(append(look, ui.Text("."))), // links in a paragraph are underlined
			ui.Parts{ui.Code("/"), ui.Text(textWelcomeKeys), ui.Code("?"), ui.Text(textWelcomeKeys2)},
			ui.Text(textWelcomeMenu),
		},
		ui.Paragraph{ui.Muted(textWelcomeLeaves)},
	}}
}

// used remembers that a page is opened.
func used(w http.ResponseWriter, r *http.Request, x wire.Exchange) {
	if _, err := r.Cookie(usedCookie); err == nil || x.Identity.User.IsZero() || r.Method != http.MethodGet {
		return
	}
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // it is Secure whenever the page is
		Name: usedCookie, Value: "1", Path: "/", MaxAge: int(usedAge / time.Second),
		Secure: x.Scheme == "https", HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

package sqlpage

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"corbel.example/plugins/unitycatalog/internal/lakebase"
	"corbel.example/plugins/unitycatalog/internal/run"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/rest"
)

// The values of the form's buttons. Run is the one without.
const (
	fieldAction  = "action"
	actionUpdate = "update"
	actionSave   = "save"
	fieldSaveAs  = "save_as"
	fieldDone    = "done"
)

// moment is how long a form waits for the end of what it has submitted: the page can then show it at once.
const moment = 300 * time.Millisecond

// submit takes the editor's form, and leads to the page of what it did.
func (p *Pages) submit(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return fault.FromRequest(err)
	}
	d := draftOf(r.PostForm, p.Preferences.Of(r.Context()))
	if len(d.sql) > maxStatement {
		return fault.New(fault.TooLarge, textTooLarge).WithField(fieldStatement, "is too large")
	}
	var address string
	switch r.PostForm.Get(fieldAction) {
	case actionUpdate:
		address = p.keep(r, d, nil)
	case actionSave:
		address = p.save(r, d)
	default:
		address = p.run(r, d)
	}
	return lead(w, r, address)
}

// lead answers a form with where to go on: a browser goes there, a script reads it.
func lead(w http.ResponseWriter, r *http.Request, address string) error {
	if strings.HasPrefix(r.Header.Get("Accept"), rest.MediaType) {
		return rest.Write(w, http.StatusOK, map[string]string{"address": address})
	}
	w.Header().Set("Location", address)
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

// keep leads to the page of a draft that is not run, whose text may be too long for an address.
func (p *Pages) keep(r *http.Request, d draft, reason error) string {
	if link := d.link(); link != "" && reason == nil {
		return link
	}
	return addressOf(p.Desk.Refuse(r.Context(), d.query(), reason))
}

func (p *Pages) run(r *http.Request, d draft) string {
	if err := d.check(); err != nil {
		return p.keep(r, d, err)
	}
	started := p.Desk.Start(r.Context(), d.query())
	// How it ends is for the page to say.
	_, _ = p.Desk.Wait(r.Context(), started.ID, moment)
	return addressOf(started)
}

func (p *Pages) save(r *http.Request, d draft) string {
	name := strings.TrimSpace(r.PostForm.Get(fieldSaveAs))
	if name == "" {
		return p.keep(r, d, fault.New(fault.Invalid, textNameEmpty).WithCode(codeIncomplete))
	}
	saved, err := p.Lakebase.Save(r.Context(), lakebase.Query{Name: name, Statement: d.sql, Catalog: d.catalog, Schema: d.schema})
	if err != nil {
		return p.keep(r, d, err)
	}
	return Path + "?" + url.Values{fieldSaved: {saved.ID}, fieldDone: {actionSave}}.Encode()
}

// cancel ends a run, and leads back to its page.
func (p *Pages) cancel(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return fault.FromRequest(err)
	}
	id := r.PostForm.Get(fieldRun)
	if err := p.Desk.Cancel(r.Context(), id); err != nil {
		return err
	}
	// A statement ends a little after it was told to.
	_, _ = p.Desk.Wait(r.Context(), id, moment)
	known := p.Desk.Find(r.Context(), id)
	if known == nil {
		known = &run.Run{ID: id}
	}
	return lead(w, r, addressOf(known))
}

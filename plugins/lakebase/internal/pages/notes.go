package pages

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"corbel.example/plugins/lakebase/internal/api"
	"corbel.example/plugins/lakebase/internal/store"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/ui"
)

const notesPage = "/notes"

// notes shows the notes, one of them for editing when ?edit= names it, and a form for a new one.
func (p *Pages) notes(r *http.Request) (ui.Component, error) {
	query := r.URL.Query()
	found, err := p.Notes.List(r.Context(), userOf(r), listed, query.Get("page_token"))
	if err != nil {
		return nil, err
	}
	shown := ui.Parts{toast(r, map[string]string{"saved": textNoteSaved, "deleted": textNoteDeleted})}
	if id := query.Get("edit"); store.IsID(id) {
		note, err := p.Notes.Get(r.Context(), userOf(r), id)
		if err != nil {
			return nil, err
		}
		return append(shown, ui.Card{Title: textEditNote, Body: noteForm(note)}), nil
	}
	shown = append(shown, ui.Card{Title: textNewNote, Body: noteForm(store.Note{})})
	if len(found.Items) == 0 {
		return append(shown, ui.Empty{Title: textNoNotes, Text: textNoNotesHint}), nil
	}
	for _, note := range found.Items {
		shown = append(shown, noteCard(note, query.Get("confirm") == note.ID))
	}
	if pages := pager(r, notesPage, labelNotePages, found.Next); pages != nil {
		shown = append(shown, ui.Row{
			ui.Button{Text: textFirstPage, Size: ui.Small, Href: pages.First, Disabled: pages.First == ""},
			ui.Button{Text: textNextPage, Size: ui.Small, Href: pages.Next, Disabled: pages.Next == ""},
		})
	}
	return shown, nil
}

func noteCard(note store.Note, confirm bool) ui.Component {
	at := url.PathEscape(note.ID)
	return ui.Card{
		Title: note.Title,
		Actions: []ui.Component{
			ui.Button{Text: textEdit, Size: ui.Small, Href: notesPage + "?edit=" + at, Label: textEditThis + note.Title},
			ui.Dialog{
				Trigger: textDelete, Size: ui.Small, Href: notesPage + "?confirm=" + at, Title: fmt.Sprintf(textDeleteThis, note.Title),
				Body:   ui.Paragraph{ui.Text(textDeleteHint)},
				Action: ui.Form{Action: forms + "notes/" + at + "/delete", Post: true, Body: ui.Button{Text: textDeleteNote, Variant: ui.Danger}},
				Open:   confirm, CloseHref: notesPage,
			},
		},
		Body: ui.Parts{ui.Preformatted(note.Body), ui.Paragraph{ui.Muted(textChangedAt), ui.Time(note.UpdatedAt)}},
	}
}

func noteForm(note store.Note) ui.Component {
	action, actions := forms+"notes", ui.Row{ui.Button{Text: textSaveNote, Variant: ui.Primary}}
	if note.ID != "" {
		action += "/" + url.PathEscape(note.ID)
		actions = append(actions, ui.Button{Text: textCancel, Href: notesPage})
	}
	return ui.Form{Action: action, Post: true, Body: ui.Parts{
		ui.Hidden{Name: "version", Value: strconv.FormatInt(note.Version, 10)},
		ui.Input{Label: labelTitle, Name: "title", Value: note.Title, Required: true, MaxLength: api.MaxName},
		ui.Textarea{Label: labelText, Name: "body", Value: note.Body, Rows: 5},
		actions,
	}}
}

func (p *Pages) saveNote(w http.ResponseWriter, r *http.Request) error {
	form, err := values(w, r)
	if err != nil {
		return err
	}
	// Browsers send line ends as CR LF (HTML, section 4.10.22).
	note := store.NoteText{Title: strings.TrimSpace(form.Get("title")), Body: strings.ReplaceAll(form.Get("body"), "\r\n", "\n")}
	if err := api.CheckNote(note); err != nil {
		return err
	}
	if r.PathValue("id") == "" {
		_, err = p.Notes.Create(r.Context(), userOf(r), note)
	} else {
		err = p.updateNote(r, note, form.Get("version"))
	}
	if err != nil {
		return err
	}
	done(w, notesPage, "saved")
	return nil
}

func (p *Pages) updateNote(r *http.Request, note store.NoteText, version string) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	known, err := strconv.ParseInt(version, 10, 64)
	if err != nil {
		known = store.AnyVersion
	}
	_, err = p.Notes.Update(r.Context(), userOf(r), id, note, known)
	return err
}

func (p *Pages) deleteNote(w http.ResponseWriter, r *http.Request) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	if err := p.Notes.Delete(r.Context(), userOf(r), id, store.AnyVersion); err != nil {
		return err
	}
	done(w, notesPage, "deleted")
	return nil
}

// idOf reads {id}. What cannot be an id is not found.
func idOf(r *http.Request) (string, error) {
	id := r.PathValue("id")
	if !store.IsID(id) {
		return "", fault.New(fault.NotFound, "")
	}
	return id, nil
}

package pages

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"corbel.example/plugins/lakebase/internal/api"
	"corbel.example/plugins/lakebase/internal/store"
	"corbel.example/sdk/locale"
	"corbel.example/sdk/rest"
	"corbel.example/sdk/ui"
)

var themes = []ui.Option{{Value: "", Text: textThemeOfBrowser}, {Value: "system", Text: textThemeOfSystem}, {Value: "light", Text: textLight}, {Value: "dark", Text: textDark}}

func (p *Pages) preferences(r *http.Request) (ui.Component, error) {
	saved, err := p.Preferences.Get(r.Context(), userOf(r))
	if err != nil {
		return nil, err
	}
	form := preferencesForm(r, saved)
	if r.URL.Query().Has(formOnly) {
		return form, nil
	}
	return ui.Parts{
		toast(r, map[string]string{"saved": textPreferencesSaved}),
		// The theme can be chosen in the user menu as well: then the shell loads this again.
		ui.Fragment{Source: "/_fragment/lakebase/preferences?" + formOnly, Body: form},
	}, nil
}

// formOnly is the parameter that asks for the form without what is around it.
const formOnly = "form"

func preferencesForm(r *http.Request, saved store.SavedPreferences) ui.Component {
	most := locale.FromContext(r.Context()).Count(api.MaxPageSize)
	return ui.Card{Title: textPreferencesTitle, Body: ui.Form{Action: forms + "preferences", Post: true, Body: ui.Parts{
		ui.Hidden{Name: "version", Value: strconv.FormatInt(saved.Version, 10)},
		ui.Select{Label: labelTheme, Name: "theme", Value: valueOf(saved.Theme), Options: themes},
		ui.Input{
			Label: labelPageSize, Name: "page_size", Type: "number", Min: "1", Max: strconv.Itoa(api.MaxPageSize), Value: numberOf(saved.PageSize),
			Hint: fmt.Sprintf(textPageSizeHint, most),
		},
		ui.Input{Label: labelCatalog, Name: "default_catalog", Value: valueOf(saved.DefaultCatalog), MaxLength: api.MaxName, Hint: textCatalogHint},
		ui.Input{Label: labelSchema, Name: "default_schema", Value: valueOf(saved.DefaultSchema), MaxLength: api.MaxName},
		ui.Input{Label: labelWarehouse, Name: "warehouse_id", Value: valueOf(saved.WarehouseID), MaxLength: api.MaxName, Hint: textWarehouseHint},
		ui.Row{ui.Button{Text: textSave, Variant: ui.Primary}, savedAt(saved)},
	}}}
}

func savedAt(saved store.SavedPreferences) ui.Component {
	if saved.Version == 0 {
		return ui.Muted(textNothingSaved)
	}
	return ui.Paragraph{ui.Muted(textSavedAt), ui.Time(saved.UpdatedAt)}
}

func (p *Pages) savePreferences(w http.ResponseWriter, r *http.Request) error {
	form, err := values(w, r)
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(form.Get("version"), 10, 64)
	if err != nil {
		version = store.AnyVersion
	}
	text := func(name string) *string {
		if value := strings.TrimSpace(form.Get(name)); value != "" {
			return &value
		}
		return nil
	}
	chosen := store.Preferences{
		Theme: text("theme"), DefaultCatalog: text("default_catalog"), DefaultSchema: text("default_schema"), WarehouseID: text("warehouse_id"),
	}
	if size := text("page_size"); size != nil {
		n, err := strconv.Atoi(*size)
		if err != nil {
			return rest.OutOfRange("/page_size", 1, api.MaxPageSize)
		}
		chosen.PageSize = &n
	}
	if err := api.CheckPreferences(chosen); err != nil {
		return err
	}
	if _, err := p.Preferences.Replace(r.Context(), userOf(r), chosen, version); err != nil {
		return err
	}
	if chosen.Theme != nil {
		w.Header().Set(ui.ThemeHeader, *chosen.Theme)
	}
	done(w, "/preferences", "saved")
	return nil
}

func valueOf(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func numberOf(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

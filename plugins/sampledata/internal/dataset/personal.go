package dataset

// Personal is what each user gets of their own, in the form in which the plugin lakebase takes it.
type Personal struct {
	Preferences  Preferences `json:"preferences"`
	SavedQueries []Query     `json:"saved_queries"`
	Notes        []Note      `json:"notes"`
}

// Preferences are those that the user has not chosen.
type Preferences struct {
	DefaultCatalog string `json:"default_catalog"`
	DefaultSchema  string `json:"default_schema"`
}

// Query is a saved query.
type Query struct {
	Key       string `json:"key"`
	Name      string `json:"name"`
	Statement string `json:"statement"`
	Catalog   string `json:"catalog"`
	Schema    string `json:"schema"`
}

// Note is a note.
type Note struct {
	Key   string `json:"key"`
	Title string `json:"title"`
	Body  string `json:"body"`
}

// Len is how many rows and preferences there are.
func (p *Personal) Len() int { return 2 + len(p.SavedQueries) + len(p.Notes) }

// PersonalOf is what a user gets where the tables are in the place.
func PersonalOf(p Place) Personal {
	query := func(key, name, statement string) Query {
		return Query{Key: key, Name: name, Statement: statement, Catalog: p.Catalog, Schema: p.Schema}
	}
	return Personal{
		Preferences: Preferences{DefaultCatalog: p.Catalog, DefaultSchema: p.Schema},
		SavedQueries: []Query{
			query("nights-by-hut", "Sample: nights by hut",
				"SELECT h.name, h.region, coalesce(sum(s.nights), 0) AS nights, sum(s.paid) AS paid\n"+
					"FROM demo_data AS h LEFT JOIN demo_stays AS s ON s.hut_id = h.id\nGROUP BY h.name, h.region\nORDER BY nights DESC, h.name"),
			query("open-bills", "Sample: bills that are open",
				"SELECT s.stay_id, h.name, s.arrived_on, s.nights * s.guests * h.price AS due\n"+
					"FROM demo_stays AS s JOIN demo_data AS h ON h.id = s.hut_id\nWHERE s.paid IS NULL\nORDER BY s.arrived_on"),
			query("beds-by-region", "Sample: beds by region",
				"SELECT r.region, count(h.id) AS huts, sum(h.beds) AS beds, round(avg(h.altitude_m)) AS altitude\n"+
					"FROM demo_regions AS r LEFT JOIN demo_data AS h ON h.region = r.region\nGROUP BY r.region\nORDER BY r.region"),
		},
		Notes: []Note{{
			Key: "welcome", Title: "Sample: a note",
			Body: "Notes are kept for you alone. The saved queries whose names begin with “Sample” join the tables in " +
				p.Catalog + "." + p.Schema + ".\n\nClean up on the page Sample data takes all of it away again. What you have edited is yours, and stays.",
		}},
	}
}

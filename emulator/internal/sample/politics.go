package sample

func politics() []Table {
	return []Table{{
		Schema:  "politics",
		Name:    "state_of_the_union",
		Comment: "Passages of a few sentences from the State of the Union addresses of five presidents, 1993 to 2021",
		Source:  "Presidents of the United States, https://en.wikisource.org/wiki/Portal:State_of_the_Union_Speeches_by_United_States_Presidents",
		License: "PDDL-1.0 AND CC0-1.0; US government work (public domain)",
		Columns: []Column{
			{Name: "passage_id", Type: "BIGINT", Comment: "Number of the passage over all addresses, from 1"},
			{Name: "year", Type: "INT", Comment: "Year of the address"},
			{Name: "president", Type: "STRING", Comment: "Who gave the address"},
			{Name: "party", Type: "STRING", Comment: "The president's party: Democratic or Republican"},
			{Name: "position", Type: "INT", Comment: "Number of the passage within its address, from 1"},
			{Name: "passage", Type: "STRING", Comment: "Text of the passage: whole sentences, on one line"},
		},
	}}
}

package sample

func economy() []Table {
	return []Table{
		{
			Schema:  "economy",
			Name:    "country_indicators",
			Comment: "Population, life expectancy and fertility of 62 countries, every five years from 1955 to 2005",
			Source:  "Gapminder Foundation, https://www.gapminder.org/data/",
			License: "CC-BY-4.0",
			Columns: []Column{
				{Name: "country", Type: "STRING", Comment: "Name of the country"},
				{Name: "year", Type: "INT", Comment: "Year of the figures"},
				{Name: "region", Type: "STRING", Comment: "One of Gapminder's six world regions"},
				{Name: "population", Type: "BIGINT", Comment: "Inhabitants"},
				{Name: "life_expectancy", Type: "DOUBLE", Comment: "Life expectancy at birth in years"},
				{Name: "fertility_rate", Type: "DECIMAL(4,2)", Comment: "Children per woman"},
			},
		},
		{
			Schema:  "economy",
			Name:    "unemployment",
			Comment: "Unemployment in the United States by industry and month, January 2000 to February 2010",
			Source:  "U.S. Bureau of Labor Statistics, Current Population Survey, https://www.bls.gov/cps/",
			License: "US government work (public domain)",
			Columns: []Column{
				{Name: "industry", Type: "STRING", Comment: "Industry, or class of worker"},
				{Name: "month", Type: "DATE", Comment: "First day of the month"},
				{Name: "unemployed", Type: "BIGINT", Comment: "Unemployed persons, to the nearest thousand"},
				{Name: "rate", Type: "DECIMAL(4,1)", Comment: "Unemployment rate in percent"},
			},
		},
		{
			Schema:  "economy",
			Name:    "wages",
			Comment: "Hourly wages of 534 workers in the United States in 1985, with what may explain them",
			Source: "Current Population Survey of May 1985, as in E. R. Berndt, The Practice of Econometrics (1991), " +
				"https://www.census.gov/programs-surveys/cps.html",
			License: "PDDL-1.0 AND CC0-1.0",
			Columns: []Column{
				{Name: "hourly_wage", Type: "DECIMAL(6,2)", Comment: "Wage in US dollars per hour"},
				{Name: "education_years", Type: "INT", Comment: "Years of education"},
				{Name: "experience_years", Type: "INT", Comment: "Years of work experience"},
				{Name: "age", Type: "INT", Comment: "Age in years"},
				{Name: "gender", Type: "STRING", Comment: "Gender as surveyed: female or male"},
				{Name: "race", Type: "STRING", Comment: "Race as surveyed: hispanic, other or white"},
				{Name: "occupation", Type: "STRING", Comment: "Occupation: clerical, management, professional, sales, service or other"},
				{Name: "sector", Type: "STRING", Comment: "Sector: construction, manufacturing or other"},
				{Name: "union_member", Type: "BOOLEAN", Comment: "Whether the worker belongs to a union"},
				{Name: "lives_in_south", Type: "BOOLEAN", Comment: "Whether the worker lives in the southern United States"},
				{Name: "married", Type: "BOOLEAN", Comment: "Whether the worker is married"},
			},
		},
	}
}

// Package sample holds the tables of the embedded workspace's catalog "samples": real public data, small enough to live in the
// repository, of enough kinds to browse, join, chart and learn from.
//
// Where the tables come from:
//
//   - climate.co2_concentration: Scripps CO2 Program, monthly means at Mauna Loa
//   - climate.daily_weather: NOAA, daily observations in Seattle and New York
//   - economy.country_indicators: Gapminder, population, life expectancy and fertility
//   - economy.unemployment: U.S. Bureau of Labor Statistics, by industry and month
//   - economy.wages: Current Population Survey of 1985, the sample of 534 workers in Berndt's textbook
//   - geography.us_postal_codes: GeoNames; the large table, made for paging
//   - politics.state_of_the_union: passages of the presidents' addresses, 1993 to 2021
//   - science.earthquakes: U.S. Geological Survey, one week of events
//   - science.penguins: Palmer Station LTER, the Palmer penguins
//   - transport.airports: U.S. airports, from data.gov
//   - transport.routes: U.S. Bureau of Transportation Statistics, flights of 2008; both ends are in transport.airports
//   - transport.wildlife_strikes: Federal Aviation Administration, reported strikes
//
// data/LICENSES.md gives author, licence, publisher and changes for each. The program in prepare makes the files from versions
// of npm packages that it pins by checksum. This package only describes and opens tables: it knows no engine, and loads nothing.
package sample

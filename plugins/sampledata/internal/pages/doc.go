// Package pages makes the plugin's page and the card on the home page, and takes their forms. Without script a form is answered
// with a redirect to the page that shows the run.
package pages

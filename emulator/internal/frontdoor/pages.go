package frontdoor

import (
	"embed"
	"html/template"
	"net/http"
	"net/url"
)

// The front door's own paths.
const (
	ownPrefix   = "/_frontdoor"
	signInPath  = ownPrefix + "/sign-in"
	signOutPath = ownPrefix + "/sign-out"
)

// contentSecurityPolicy allows what the pages consist of: no script at all.
const contentSecurityPolicy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// assetLife is how long a browser may keep the stylesheet.
const assetLife = "max-age=300"

//go:embed pages
var pageFiles embed.FS

var templates = template.Must(template.ParseFS(pageFiles, "pages/*.html"))

// desk is where people sign in and out.
type desk interface {
	routes(mux *http.ServeMux)
}

// ownPages serves everything under [ownPrefix].
func (d *FrontDoor) ownPages(k desk) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+ownPrefix+"/style.css", asset("pages/style.css", "text/css; charset=utf-8"))
	mux.HandleFunc("GET "+ownPrefix+"/mark.svg", asset("pages/mark.svg", "image/svg+xml"))
	k.routes(mux)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		d.refuse(w, r, refuseNotFound, nil)
	})
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d.refuse(w, r, refuseCrossSite, errCrossSite)
	}))
	return protection.Handler(mux)
}

func asset(name, contentType string) http.HandlerFunc {
	content, err := pageFiles.ReadFile(name)
	if err != nil { // the file is missing from the binary
		panic(err)
	}
	return func(w http.ResponseWriter, r *http.Request) {
		secureHeaders(w, r)
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Cache-Control", assetLife)
		w.Write(content)
	}
}

// render answers with a page. It must not be kept: it depends on who is signed in.
func render(w http.ResponseWriter, r *http.Request, status int, name string, data any) {
	secureHeaders(w, r)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if err := templates.ExecuteTemplate(w, name, data); err != nil {
		visitOf(r).cause = err
	}
}

func secureHeaders(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", contentSecurityPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	// Not no-referrer: browsers would then send "Origin: null" with the forms.
	h.Set("Referrer-Policy", "same-origin")
	h.Set(requestIDHeader, visitOf(r).requestID)
}

// redirect sends the browser to a path of this host by GET. It sets the header
// itself because [http.Redirect] cleans paths, and "/a//b" is not "/a/b".
func redirect(w http.ResponseWriter, r *http.Request, location string) {
	h := w.Header()
	h.Set("Location", location)
	h.Set("Cache-Control", "no-store")
	h.Set(requestIDHeader, visitOf(r).requestID)
	w.WriteHeader(http.StatusSeeOther)
}

// signInURL is the sign-in page that leads back to next.
func signInURL(next string) string {
	if next = localPath(next); next == home {
		return signInPath
	}
	return signInPath + "?" + url.Values{"next": {next}}.Encode()
}

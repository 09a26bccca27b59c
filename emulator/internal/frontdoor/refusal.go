package frontdoor

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// refusal is an error answer of the front door itself.
type refusal struct {
	status     int
	code       string
	detail     string
	retryAfter time.Duration // zero: a retry would not help
}

var (
	refuseUnauthenticated = refusal{
		status: http.StatusUnauthorized, code: "UNAUTHENTICATED",
		detail: "Nobody is signed in. Open " + signInPath + " in a browser, or send `Authorization: Bearer <token>` with a token that `emulator env` prints.",
	}
	refuseToken = refusal{
		status: http.StatusUnauthorized, code: "UNAUTHENTICATED",
		detail: "The workspace does not accept this token. `emulator env` prints one that it accepts.",
	}
	refuseDeveloper = refusal{
		status: http.StatusUnauthorized, code: "UNAUTHENTICATED",
		detail: "The workspace in DATABRICKS_HOST refuses the credentials of the environment. Renew them (DATABRICKS_TOKEN, or `databricks auth login`) and start again.",
	}
	refuseIdentity = refusal{
		status: http.StatusServiceUnavailable, code: "IDENTITY_UNAVAILABLE",
		detail: "The workspace did not say who you are. The log has the reason.", retryAfter: 5 * time.Second,
	}
	refuseCrossSite = refusal{
		status: http.StatusForbidden, code: "PERMISSION_DENIED",
		detail: "This request was sent by another site's page. Open the app in its own tab.",
	}
	refuseHost = refusal{
		status: http.StatusMisdirectedRequest, code: "MISDIRECTED_REQUEST",
		detail: "The app answers to localhost and 127.0.0.1 only. To use another name, list it in CORBEL_ALLOWED_HOSTS.",
	}
	refuseStarting = refusal{
		status: http.StatusServiceUnavailable, code: "APP_STARTING",
		detail: "The app is still starting.", retryAfter: 2 * time.Second,
	}
	refuseStopped = refusal{
		status: http.StatusServiceUnavailable, code: "APP_STOPPED",
		detail: "The app is stopped, or nothing was deployed to it yet. `databricks apps start` and `databricks apps deploy` change that.",
	}
	refuseEnded = refusal{
		status: http.StatusBadGateway, code: "APP_CRASHED",
		detail: "The app has ended by itself. `databricks apps logs` shows its last lines.",
	}
	refuseUser = refusal{
		status: http.StatusForbidden, code: "PERMISSION_DENIED",
		detail: "You have no permission to use this app. Somebody who manages it can give you CAN_USE. To be somebody else, open " + signInPath + ".",
	}
	refuseUnavailable = refusal{
		status: http.StatusBadGateway, code: "APP_UNAVAILABLE",
		detail: "The app does not answer. It may be restarting; the log says more.", retryAfter: 2 * time.Second,
	}
	refuseSlow = refusal{
		status: http.StatusGatewayTimeout, code: "APP_TIMEOUT",
		detail: "The app took too long to answer.", retryAfter: 5 * time.Second,
	}
	refuseNotFound = refusal{
		status: http.StatusNotFound, code: "NOT_FOUND",
		detail: "The front door has no such page. To sign in, open " + signInPath + ".",
	}
	refuseForm = refusal{
		status: http.StatusBadRequest, code: "INVALID_PARAMETER_VALUE",
		detail: "The sign-in form names no user of this workspace. Choose one from the list at " + signInPath + ".",
	}
)

// refusalPage is what the template refusal.html shows.
type refusalPage struct {
	problem
	Again string
}

// problem is the body of an error (RFC 9457), as the app writes them too.
type problem struct {
	Type      string `json:"type"`
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail"`
	Code      string `json:"code"`
	RequestID string `json:"request_id"`
	Retryable bool   `json:"retryable"`
}

// refuse answers with an error: a page for browsers, JSON for everybody else.
// The cause goes to the log and never into the answer.
func (d *FrontDoor) refuse(w http.ResponseWriter, r *http.Request, why refusal, cause error) {
	v := visitOf(r)
	v.cause = cause
	h := w.Header()
	if why.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int(why.retryAfter.Seconds())))
	}
	if why.status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="corbel"`)
	}
	p := problem{
		Type:      "about:blank",
		Title:     http.StatusText(why.status),
		Status:    why.status,
		Detail:    why.detail,
		Code:      why.code,
		RequestID: v.requestID,
		Retryable: why.retryAfter > 0,
	}
	if wantsPage(r) {
		render(w, r, why.status, "refusal.html", refusalPage{problem: p, Again: again(r)})
		return
	}
	body, err := json.Marshal(p)
	if err != nil { // no field can fail to marshal
		panic(err)
	}
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set(requestIDHeader, v.requestID)
	w.WriteHeader(why.status)
	w.Write(append(body, '\n'))
}

// again is where "Try again" leads.
func again(r *http.Request) string {
	if r.Method == http.MethodGet {
		return localPath(r.URL.RequestURI())
	}
	return signInPath
}

// wantsPage reports whether a person reads the answer in a browser.
func wantsPage(r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead && !ownPath(r.URL.Path) {
		return false
	}
	return strings.Contains(strings.Join(r.Header.Values("Accept"), ","), "text/html")
}

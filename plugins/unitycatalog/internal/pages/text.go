package pages

// Texts of the catalog's pages that lead elsewhere.
const textOpenInSQL = "Open in SQL"

package main

import (
	"fmt"
	"net/http"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, "Pilot on duty: Okafor")
	})
	http.ListenAndServe(":8080", nil)
}

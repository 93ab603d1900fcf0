// Package e2e holds the end-to-end tests: the built prism, drivers and samples (make build) with real apps, a real X server and
// real Mesa, compared with the same apps run without prism. It contains no code of the product.
package e2e

// Package node is Node.js and npm in containers: a small interpreter for the
// JavaScript of small servers, and npm over the simulated files.
package node

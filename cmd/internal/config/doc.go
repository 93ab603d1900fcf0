// Package config is the policy: what a user may choose about a run, from where the choices come, and what is wrong with
// them. A choice comes from, in rising order: the default, the policy file, the environment (PRISM_*), a flag.
//
// The file is YAML. It is read strictly first: each unknown key, wrong type and impossible value is reported with its line,
// all of them at once, with what is allowed and the nearest right word. Only then viper puts the four places together.
// This is the only package that imports viper.
//
//	nodes: 4                 # render nodes; 0: one for each tile
//	grid: 2x2                # or {columns: 2, rows: 2}, or auto
//	frames_in_flight: 2
//	outputs: [x11, "png:out?last=1", "y4m:run.y4m?fps=30", "mp4:run.mp4"]
//	lossless_outputs: false  # true: a slow output slows the app instead of missing frames
//	nats: {url: "nats://host:4222", secret_file: secret, tls: {ca: ca.pem}, patience: 4s}
//	mixed: deny              # or allow: nodes with different drivers
//	errors: relaxed          # or exact: glGetError asks the lead node, which then gets all draws
//	finish: credit           # or exact: glFinish waits for the nodes
//	lanes: auto              # shared memory to nodes of this machine, NATS to others; or shm, nats: only that
//	culling: on              # draws go only to nodes whose tiles they can touch; off: to all
//	passes: auto             # passes into framebuffer objects are tiled where that is of use; replicate, or tile also where tiles move often
//
// Nothing here keeps state; all functions may be called at once. The FlagSet is the caller's.
package config

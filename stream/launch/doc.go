// Package launch starts an app under prism and takes in the drivers that attach: the socket, the app's environment, a
// display where there is none, and, when no driver came, the reasons why that may be.
//
//	l, err := launch.Listen(launch.Config{SpecHash: gl.SpecHash, Ring: …})
//	app, err := launch.Start(ctx, launch.AppConfig{Args: args, DriverDir: dir, Socket: l.Path()})
//	for {
//		at, err := l.Accept(ctx) // one for each process that opens GL; at.Ring is its stream
//	}
//
// It knows nothing of sessions or nodes. Every goroutine belongs to a Listener, an Attached, an App or an Xvfb and ends with
// it. A process that is refused is told why (the driver prints it); one that never says hello is dropped after some seconds.
package launch

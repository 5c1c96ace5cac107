return await Tallystick.Server.CommandLine.RunAsync(args);

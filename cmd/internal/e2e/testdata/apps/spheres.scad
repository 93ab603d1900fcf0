// More than 100,000 calls in the one frame that openscad draws of it: each difference is made of the pieces' fronts and backs, by depth and stencil.
for (x = [0:4], y = [0:4]) translate([x * 12, y * 12, 0]) difference() {
	sphere(r = 6, $fn = 12);
	cylinder(h = 20, r = 2 + (x + y) / 6, center = true, $fn = 24);
}
translate([-6, -6, -8]) cube([60, 60, 2]);

in vec3 v_ray;

out vec4 o_colour;

vec3 sky(vec3 dir) {
	float h = max(dir.y, 0.0);
	float m = max(dot(dir, moon_dir), 0.0);
	vec3 c = mix(vec3(0.060, 0.075, 0.13), vec3(0.008, 0.014, 0.04), h * (2.0 - h));
	float m4 = m * m * m * m;
	c += moon_colour * 0.10 * m4 * m4 * m4;
	return c + vec3(1.6, 1.7, 1.9) * smoothstep(0.9993, 0.9996, m);
}

void main() {
	o_colour = vec4(sky(normalize(v_ray)), 1.0);
}

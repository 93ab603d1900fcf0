in vec3 v_ray;

uniform sampler2D u_noise;
uniform float u_time;

out vec4 o_colour;

void main() {
	vec3 dir = normalize(v_ray);
	vec3 c = sky(dir);
	float s = max(dot(dir, sun_dir), 0.0);
	float disc = s * s; disc *= disc; disc *= disc; disc *= disc; disc *= disc; disc *= disc;
	c += sun_colour * (0.35 * disc);
	disc *= disc; disc *= disc; disc *= disc; disc *= disc; disc *= disc;
	c += sun_colour * (2.0 * disc);
	// Clouds on a flat layer high above.
	float h = max(dir.y, 0.0);
	vec2 at = dir.xz / (h + 0.08);
	float n = texture(u_noise, at * 0.06 + vec2(u_time * 0.0012, 0.0)).r * 0.65
		+ texture(u_noise, at * 0.21 - vec2(0.0, u_time * 0.002)).r * 0.35;
	float cloud = smoothstep(0.50, 0.72, n) * smoothstep(0.01, 0.16, h);
	vec3 lit = mix(vec3(0.62, 0.60, 0.66), vec3(1.25, 0.88, 0.62), s * s * 0.7 + 0.15);
	c = mix(c, lit, cloud * 0.75);
	o_colour = vec4(screen(c), 1.0);
}

in vec3 v_ray;

uniform sampler2D u_noise;

out vec4 o_colour;

void main() {
	vec3 dir = normalize(v_ray);
	vec3 c = sky(dir);
	float s = max(dot(dir, sun_dir), 0.0);
	float disc = s * s; disc *= disc; disc *= disc; disc *= disc; disc *= disc;
	c += sun_colour * (0.22 * disc);
	disc *= disc; disc *= disc; disc *= disc; disc *= disc; disc *= disc;
	c += sun_colour * (3.0 * disc);
	// Thin clouds on a flat layer high above.
	float h = max(dir.y, 0.0);
	vec2 at = dir.xz / (h + 0.1);
	float n = texture(u_noise, at * 0.05).r * 0.6 + texture(u_noise, at * vec2(0.13, 0.21)).r * 0.4;
	float cloud = smoothstep(0.48, 0.72, n) * smoothstep(0.02, 0.2, h);
	c = mix(c, vec3(1.02, 0.94, 0.88), cloud * 0.6);
	o_colour = vec4(screen(c), 1.0);
}
